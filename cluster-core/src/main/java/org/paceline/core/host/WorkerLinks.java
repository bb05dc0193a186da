// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.scene.HostScene;

/**
 * The links of a session: to workers that were configured, to those that were found and may be lost
 * again, and to those that dialled this host.
 */
final class WorkerLinks {
  /** Those that dialled and haven't attached may be anybody. */
  private static final int MAX_STRANGERS = 64;

  private final ClusterConfig config;
  private final Route.Local local;
  private final Function<Endpoint, Channel> connector;
  private final Supplier<Channel> arrivals;
  private final Function<Dialling, WorkerLink> maker;
  private final List<WorkerLink> links = new ArrayList<>();

  /**
   * No links yet.
   *
   * @param arrivals the next channel that a worker opened, or null
   */
  WorkerLinks(
      ClusterConfig config,
      Route.Local local,
      Function<Endpoint, Channel> connector,
      Supplier<Channel> arrivals,
      Function<Dialling, WorkerLink> maker) {
    this.config = config;
    this.local = local;
    this.connector = connector;
    this.arrivals = arrivals;
    this.maker = maker;
  }

  /** All of them, in the order of their coming; the same list each time. */
  List<WorkerLink> all() {
    return links;
  }

  /** A worker to dial; one that is there already is kept. */
  void add(Endpoint worker, long nowNs) {
    for (WorkerLink link : links) {
      if (link.endpoint().equals(worker)) {
        link.dialling().resume();
        return;
      }
    }
    long intervalNs = config.reconnectInterval().toNanos();
    Route route = new Route(worker, config, local);
    links.add(maker.apply(Dialling.of(route, connector, intervalNs, nowNs)));
  }

  /**
   * A worker that is gone, or will be: what it still does counts, but it isn't dialled again unless
   * it was configured.
   */
  void withdraw(Endpoint worker) {
    if (config.workers().contains(worker)) {
      return;
    }
    for (WorkerLink link : links) {
      if (link.endpoint().equals(worker)) {
        link.dialling().withdraw();
      }
    }
  }

  /** Lets workers in, drives all links, and drops those that are over; returns what was done. */
  int poll(long nowNs, HostScene scene) {
    int work = 0;
    for (Channel arrived = arrivals.get(); arrived != null; arrived = arrivals.get()) {
      answer(arrived, nowNs);
      work++;
    }
    for (int i = links.size() - 1; i >= 0; i--) {
      WorkerLink link = links.get(i);
      work += link.poll(nowNs, scene);
      if (link.isOver()) {
        links.remove(i);
      }
    }
    return work;
  }

  private void answer(Channel arrived, long nowNs) {
    long strangers = links.stream().filter(WorkerLink::isStranger).count();
    if (strangers >= MAX_STRANGERS) {
      arrived.close("this host has " + MAX_STRANGERS + " unknown callers already");
      return;
    }
    Route route = Route.ofCaller(Endpoint.parse(arrived.peer()), config, local);
    links.add(maker.apply(Dialling.answered(route, arrived, nowNs)));
  }
}
