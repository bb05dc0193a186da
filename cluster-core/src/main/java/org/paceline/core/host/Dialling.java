// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.function.Function;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;

/** When the next channel to one worker is opened, and over what: again and again, or just once. */
final class Dialling {
  /** Somebody has to do something first, so there is no hurry. */
  private static final int REFUSED_PATIENCE = 20;

  private final Route route;
  private final Function<Endpoint, Channel> connector;
  private final long intervalNs;
  private final boolean once;
  private long notBeforeNs;
  private boolean withdrawn;

  private Dialling(
      Route route,
      Function<Endpoint, Channel> connector,
      long intervalNs,
      long nowNs,
      boolean once) {
    this.route = route;
    this.connector = connector;
    this.intervalNs = intervalNs;
    this.once = once;
    notBeforeNs = nowNs;
  }

  /** A worker that is dialled for as long as it isn't withdrawn. */
  static Dialling of(
      Route route, Function<Endpoint, Channel> connector, long intervalNs, long nowNs) {
    return new Dialling(route, connector, intervalNs, nowNs, false);
  }

  /** A worker that dialled this host: if its channel ends, it has to come again. */
  static Dialling answered(Route route, Channel arrived, long nowNs) {
    return new Dialling(route, endpoint -> arrived, 0, nowNs, true);
  }

  Route route() {
    return route;
  }

  /** Whether the worker dialled this host. */
  boolean isAnswer() {
    return once;
  }

  boolean isDue(long nowNs) {
    return !withdrawn && nowNs - notBeforeNs >= 0;
  }

  /**
   * Opens a channel.
   *
   * @throws org.paceline.api.transport.TransportException if its address can't be understood
   */
  Channel dial() {
    withdrawn |= once;
    return connector.apply(route.endpoint());
  }

  /**
   * No channel could be opened.
   *
   * @return whether another transport is dialled at once
   */
  boolean failed(String reason, long nowNs) {
    boolean goesOn = route.channelClosed(false, reason);
    notBeforeNs = goesOn ? nowNs : nowNs + REFUSED_PATIENCE * intervalNs;
    return goesOn;
  }

  /**
   * A channel ended.
   *
   * @param reached whether the worker had answered on it
   * @param refused whether it would do so again
   */
  void ended(boolean reached, boolean refused, String reason, long nowNs) {
    notBeforeNs = nowNs + intervalNs;
    if (route.channelClosed(reached, reason)) {
      notBeforeNs = nowNs;
    }
    if (refused) {
      notBeforeNs += REFUSED_PATIENCE * intervalNs;
    }
  }

  /** Opens no more channels. */
  void withdraw() {
    withdrawn = true;
  }

  /** Goes on after a {@link #withdraw}. */
  void resume() {
    withdrawn = once;
  }

  boolean isWithdrawn() {
    return withdrawn;
  }
}
