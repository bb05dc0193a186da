// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.Door;
import org.paceline.core.Strangers;
import org.paceline.core.protocol.CloseCode;
import org.paceline.core.scene.HostScene;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of a session: to workers that were configured, to those that were found and may be lost
 * again, and to those that dialled this host. One worker has one link, under however many addresses
 * it is known: the others are where it is dialled when that link's address fails.
 *
 * <p>Callers that haven't attached, and addresses that may be another one of a worker that is here,
 * are candidates: they are driven, and count as no worker.
 */
final class WorkerLinks {
  private static final Logger LOGGER = LoggerFactory.getLogger(WorkerLinks.class);

  /** An address that is only said to be a worker's may not be there for a long time. */
  private static final int CANDIDATE_PATIENCE = 20;

  /** Makes the link for a way to dial. */
  interface Maker {
    WorkerLink make(Dialling dialling, Twins twins);
  }

  /** Tells links of one another. */
  final class Twins {
    /** The other link over which that worker is attached; null if there is none. */
    WorkerLink attachedAs(String instance, WorkerLink asking) {
      WorkerLink known = instance.isEmpty() ? null : byInstance.get(instance);
      return known != null && known != asking && known.isAttached() ? known : null;
    }

    /** A link found the worker of another one at its end. */
    void found(WorkerLink link, WorkerLink same) {
      changes.add(() -> merge(same, link));
    }

    /** A worker has attached over a link. */
    void attached(WorkerLink link, String instance) {
      changes.add(() -> settle(link, instance));
    }
  }

  private final ClusterConfig config;
  private final Route.Local local;
  private final Function<Endpoint, Channel> connector;
  private final Maker maker;
  private final Twins twins = new Twins();
  private final Door door;
  private final List<WorkerLink> links = new ArrayList<>();
  private final List<WorkerLink> candidates = new ArrayList<>();
  private final Strangers<WorkerLink> strangers = new Strangers<>(Strangers.affordable());
  private final Map<Endpoint, WorkerLink> byEndpoint = new HashMap<>();
  private final Map<String, WorkerLink> byInstance = new HashMap<>();
  private final Set<Endpoint> configured;
  private final Set<String> told = new HashSet<>();
  private final ArrayDeque<Runnable> changes = new ArrayDeque<>();
  private long nowNs;

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
      Maker maker) {
    this.config = config;
    this.local = local;
    this.connector = connector;
    this.maker = maker;
    door = new Door(arrivals, LOGGER);
    configured = new HashSet<>(config.workers());
  }

  /** Those that stand for a worker each, in the order of their coming; the same list each time. */
  List<WorkerLink> all() {
    return links;
  }

  /**
   * A worker to dial.
   *
   * @param addresses said to be one worker's, best first; whether they are shows when it attaches
   */
  void add(List<Endpoint> addresses, long now) {
    nowNs = now;
    WorkerLink link = null;
    for (int i = 0; i < addresses.size() && link == null; i++) {
      link = byEndpoint.get(addresses.get(i));
    }
    for (Endpoint address : addresses) {
      if (byEndpoint.containsKey(address)) {
        continue;
      }
      if (link == null) {
        link = open(address, 1);
        links.add(link);
      } else if (link.isAttached()) {
        candidates.add(open(address, CANDIDATE_PATIENCE));
      } else {
        link.dialling().add(new Route(address, config, local));
        byEndpoint.put(address, link);
      }
    }
  }

  private WorkerLink open(Endpoint address, int patience) {
    long intervalNs = patience * config.reconnectInterval().toNanos();
    Route route = new Route(address, config, local);
    WorkerLink link = maker.make(Dialling.of(route, connector, intervalNs, nowNs), twins);
    byEndpoint.put(address, link);
    return link;
  }

  /**
   * A worker is gone from an address, or will be: what it still does counts, but it isn't dialled
   * there again unless that was configured.
   */
  void withdraw(Endpoint address) {
    if (configured.contains(address)) {
      return;
    }
    WorkerLink link = byEndpoint.remove(address);
    if (link != null) {
      link.dialling().remove(address);
    }
  }

  /** Lets workers in, drives all links, and drops those that are over; returns what was done. */
  int poll(long now, HostScene scene) {
    nowNs = now;
    int work = 0;
    door.begin(nowNs);
    for (Channel caller = door.next(nowNs, this::makeRoom);
        caller != null;
        caller = door.next(nowNs, this::makeRoom)) {
      answer(caller);
      work++;
    }
    work += poll(links, scene);
    work += poll(candidates, scene);
    for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
      change.run();
    }
    return work;
  }

  private int poll(List<WorkerLink> driven, HostScene scene) {
    int work = 0;
    for (int i = driven.size() - 1; i >= 0; i--) {
      WorkerLink link = driven.get(i);
      work += link.poll(nowNs, scene);
      if (link.isOver()) {
        driven.remove(i);
        forget(link);
      }
    }
    return work;
  }

  private void forget(WorkerLink link) {
    strangers.remove(link);
    byInstance.remove(link.instance(), link);
  }

  private void answer(Channel caller) {
    long intervalNs = config.reconnectInterval().toNanos();
    Route route = Route.ofCaller(Endpoint.parse(caller.peer()), config, local);
    WorkerLink link =
        maker.make(Dialling.answered(route, caller, connector, intervalNs, nowNs), twins);
    candidates.add(link);
    dismiss(strangers.add(caller.peer(), link));
  }

  private void makeRoom() {
    dismiss(strangers.evict());
  }

  private static void dismiss(WorkerLink stranger) {
    if (stranger != null) {
      stranger.dismiss(
          CloseCode.CROWDED, "the host has too many callers that haven't proved to be workers");
    }
  }

  /** A worker is attached: all that is known of it becomes that link's. */
  private void settle(WorkerLink link, String instance) {
    strangers.remove(link);
    if (candidates.remove(link)) {
      links.add(link);
    }
    if (instance.equals(link.instance())) {
      return;
    }
    byInstance.remove(link.instance(), link);
    link.isNow(instance);
    WorkerLink known = byInstance.get(instance);
    if (known != null && known.isAttached()) {
      merge(known, link);
      return;
    }
    if (!instance.isEmpty()) {
      byInstance.put(instance, link);
    }
    if (known != null) {
      merge(link, known);
    }
    // what was the former worker's address, or is said to be this one's, may be another's
    for (Route other : link.dialling().routes()) {
      if (other != link.dialling().route()) {
        Endpoint address = other.configured();
        link.dialling().remove(address);
        if (configured.contains(address)) {
          links.add(open(address, 1));
        } else {
          candidates.add(open(address, CANDIDATE_PATIENCE));
        }
      }
    }
  }

  /** Two links turned out to be one worker's: the first stays. */
  private void merge(WorkerLink stays, WorkerLink goes) {
    if (stays == goes) {
      return;
    }
    boolean wasLink = links.remove(goes);
    boolean wasCandidate = candidates.remove(goes);
    if (!wasLink && !wasCandidate) {
      return;
    }
    Set<Endpoint> addresses = new HashSet<>();
    stays.dialling().routes().forEach(route -> addresses.add(route.configured()));
    for (Route route : goes.dialling().routes()) {
      if (addresses.add(route.configured())) {
        stays.dialling().add(route);
      }
      byEndpoint.put(route.configured(), stays);
    }
    goes.dismiss(CloseCode.DUPLICATE, "the host has this worker already, as " + stays.endpoint());
    forget(goes);
    tell(stays, goes);
    stays.takeOver(goes);
  }

  private void tell(WorkerLink stays, WorkerLink goes) {
    Endpoint other = goes.endpoint();
    // a caller has another port each time
    String key = stays.endpoint() + " " + (goes.isCaller() ? other.host() : other);
    if (!told.add(key)) {
      return;
    }
    String sentence = stays + " and " + other + " are one worker; it is used once";
    if (configured.contains(other) && configured.contains(stays.endpoint())) {
      LOGGER.warn("{}", sentence);
    } else {
      LOGGER.info("{}", sentence);
    }
  }

  /** Does something to all of them, candidates too. */
  void forEach(Consumer<WorkerLink> deed) {
    links.forEach(deed);
    candidates.forEach(deed);
  }
}
