// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;

/**
 * When the next channel to one worker is opened, and to which of its addresses: again and again to
 * the one that works, and to the next one when that fails. A worker that dialled this host has a
 * channel and perhaps no address.
 */
final class Dialling {
  /** Somebody has to do something first, so there is no hurry. */
  static final int REFUSED_PATIENCE = 20;

  private final Function<Endpoint, Channel> connector;
  private final long intervalNs;
  private final List<Route> routes = new ArrayList<>();
  private Route current;
  private Channel arrived;
  private int failures;
  private boolean onlyRefusals = true;
  private long notBeforeNs;

  private Dialling(
      Route first,
      Channel arrived,
      Function<Endpoint, Channel> connector,
      long intervalNs,
      long nowNs) {
    this.current = first;
    this.arrived = arrived;
    this.connector = connector;
    this.intervalNs = intervalNs;
    notBeforeNs = nowNs;
  }

  /** A worker that is dialled for as long as it has an address. */
  static Dialling of(
      Route route, Function<Endpoint, Channel> connector, long intervalNs, long nowNs) {
    Dialling dialling = new Dialling(route, null, connector, intervalNs, nowNs);
    dialling.routes.add(route);
    return dialling;
  }

  /** A worker that dialled this host: if its channel ends, it has to come again. */
  static Dialling answered(
      Route caller,
      Channel arrived,
      Function<Endpoint, Channel> connector,
      long intervalNs,
      long nowNs) {
    return new Dialling(caller, arrived, connector, intervalNs, nowNs);
  }

  /** The way to the address that was dialled last, or is dialled next. */
  Route route() {
    return current;
  }

  /** The ways to all addresses that may be dialled. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  /** One more address of the worker. */
  void add(Route route) {
    routes.add(route);
  }

  /** An address is not to be dialled again; a channel that is open there goes on. */
  void remove(Endpoint address) {
    routes.removeIf(route -> route.configured().equals(address));
  }

  boolean isDue(long nowNs) {
    return !isOver() && nowNs - notBeforeNs >= 0;
  }

  /** Whether no more channel will be opened. */
  boolean isOver() {
    return arrived == null && routes.isEmpty();
  }

  /**
   * Opens a channel.
   *
   * @throws org.paceline.api.transport.TransportException if its address can't be understood
   */
  Channel dial() {
    if (arrived != null) {
      Channel channel = arrived;
      arrived = null;
      return channel;
    }
    if (!routes.contains(current)) {
      current = routes.get(0);
    }
    return connector.apply(current.endpoint());
  }

  /**
   * No channel could be opened.
   *
   * @return whether another transport is dialled at once
   */
  boolean failed(String reason, long nowNs) {
    boolean goesOn = current.channelClosed(false, reason);
    if (goesOn) {
      notBeforeNs = nowNs;
    } else {
      next(true, nowNs);
    }
    return goesOn;
  }

  /**
   * A channel ended.
   *
   * @param reached whether a worker had answered on it
   * @param attached whether it was attached
   * @param refused whether it would refuse again
   */
  void ended(boolean reached, boolean attached, boolean refused, String reason, long nowNs) {
    boolean atOnce = current.channelClosed(reached, reason);
    if (atOnce && routes.contains(current)) {
      notBeforeNs = nowNs;
    } else if (attached) {
      // the address that worked comes first again
      failures = 0;
      onlyRefusals = true;
      notBeforeNs = nowNs + intervalNs;
    } else {
      next(refused, nowNs);
    }
  }

  private void next(boolean refused, long nowNs) {
    onlyRefusals &= refused;
    failures++;
    int index = routes.indexOf(current);
    if (!routes.isEmpty()) {
      current = routes.get((index + 1) % routes.size());
    }
    notBeforeNs = nowNs;
    if (failures >= routes.size()) {
      notBeforeNs += intervalNs + (onlyRefusals ? REFUSED_PATIENCE * intervalNs : 0);
      failures = 0;
      onlyRefusals = true;
    }
  }
}
