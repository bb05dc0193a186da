// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.paceline.api.transport.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of which announcements are heard: what is heard of one on several networks, or by
 * both versions of IP, counts once. Thread-safe; listeners are called while it is locked.
 */
final class WorkerTable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerTable.class);

  /** Of "render7" and "render7 (2)", as one of two networks may have named it, the former. */
  private static final Comparator<String> BY_ORIGINALITY =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  /** Each costs a host an attempt. */
  private static final int MAX_ADDRESSES = 8;

  /**
   * Where an announcement is heard.
   *
   * @param place whatever stands for the network that it is heard on
   */
  record Source(Object place, String instanceName) {}

  /**
   * One announcement as it is heard in one place.
   *
   * @param reaches where the worker says that it is, best first; at least one
   * @param lastHeardMs tells when it was last heard, in ms since the epoch; 0 if it was forgotten
   */
  record Heard(Announced announced, List<Reach> reaches, int port, LongSupplier lastHeardMs) {
    /** Whether it was surely said on the network of the interface on which it was heard. */
    boolean isNear() {
      return reaches.stream().anyMatch(Reach::isNear);
    }

    Endpoint endpoint(Reach reach) {
      return new Endpoint("tcp", reach.host(), port);
    }

    String name() {
      return announced.profile().name();
    }

    /** Equal for announcements of the same worker. */
    String worker() {
      return announced.id().isEmpty() ? name() + ":" + port : announced.id();
    }
  }

  private final int limit;
  private final Map<Source, Heard> sources = new HashMap<>();
  private final Map<String, Set<Source>> workers = new HashMap<>();
  private final List<BrowserListener> listeners = new ArrayList<>();
  private boolean full;

  /**
   * An empty table.
   *
   * @param limit most announcements that are kept; those beyond are ignored
   */
  WorkerTable(int limit) {
    this.limit = limit;
  }

  /** Adds a listener, and tells it what is there. */
  synchronized void addListener(BrowserListener listener) {
    listeners.add(listener);
    workers.keySet().forEach(id -> listener.added(describe(id)));
  }

  /** The workers by name. */
  synchronized List<FoundWorker> snapshot() {
    return workers.keySet().stream()
        .map(this::describe)
        .sorted(
            Comparator.comparing((FoundWorker worker) -> worker.profile().name())
                .thenComparing(FoundWorker::id))
        .toList();
  }

  /** An announcement is heard for the first time, or says something else. */
  synchronized void heard(Source source, Heard heard) {
    Heard before = sources.get(source);
    if (before == null && sources.size() >= limit) {
      if (!full) {
        full = true;
        LOG.warn("more than {} workers announce themselves; the others are ignored", limit);
      }
      return;
    }
    if (before != null && !before.worker().equals(heard.worker())) {
      lost(source);
    }
    String id = heard.worker();
    FoundWorker known = workers.containsKey(id) ? describe(id) : null;
    sources.put(source, heard);
    workers.computeIfAbsent(id, key -> new HashSet<>()).add(source);
    tell(known, describe(id));
  }

  /** An announcement is heard no more there. */
  synchronized void lost(Source source) {
    Heard heard = sources.get(source);
    if (heard == null) {
      return;
    }
    String id = heard.worker();
    FoundWorker known = describe(id);
    sources.remove(source);
    full = false;
    Set<Source> left = workers.get(id);
    left.remove(source);
    if (left.isEmpty()) {
      workers.remove(id);
      listeners.forEach(listener -> listener.removed(known));
    } else {
      tell(known, describe(id));
    }
  }

  /** A network is gone, and with it all that was heard there. */
  synchronized void lostPlace(Object place) {
    sources.keySet().stream()
        .filter(source -> source.place().equals(place))
        .toList()
        .forEach(this::lost);
  }

  private void tell(FoundWorker known, FoundWorker now) {
    if (known == null) {
      listeners.forEach(listener -> listener.added(now));
    } else if (!sameButForTime(known, now)) {
      listeners.forEach(listener -> listener.changed(now));
    }
  }

  private static boolean sameButForTime(FoundWorker left, FoundWorker right) {
    return left.profile().equals(right.profile())
        && left.load().equals(right.load())
        && left.addresses().equals(right.addresses());
  }

  private FoundWorker describe(String id) {
    List<Heard> heard = workers.get(id).stream().map(sources::get).toList();
    Heard best = Collections.min(heard, Comparator.comparing(each -> each.reaches().get(0)));
    String name = heard.stream().map(Heard::name).min(BY_ORIGINALITY).orElseThrow();
    long lastMs = heard.stream().mapToLong(each -> each.lastHeardMs().getAsLong()).max().orElse(0);
    return new FoundWorker(
        id,
        best.announced().profile().withName(name),
        best.announced().load(),
        addresses(heard),
        Instant.ofEpochMilli(lastMs));
  }

  private record Address(Reach reach, Endpoint endpoint) {}

  /**
   * All of a worker's addresses, best first. A system may hand what is said on one interface to
   * those who listen on another, which is then taken for a link-local address's zone; where an
   * announcement has an address of the interface's subnet, that zone is the right one.
   */
  private static List<Endpoint> addresses(List<Heard> heard) {
    Set<String> placed =
        heard.stream()
            .filter(Heard::isNear)
            .flatMap(each -> each.reaches().stream())
            .filter(Reach::isLinkLocal)
            .map(Reach::withoutZone)
            .collect(Collectors.toSet());
    return heard.stream()
        .flatMap(
            each ->
                each.reaches().stream()
                    .filter(
                        reach ->
                            !reach.isLinkLocal()
                                || each.isNear()
                                || !placed.contains(reach.withoutZone()))
                    .map(reach -> new Address(reach, each.endpoint(reach))))
        .sorted(Comparator.comparing(Address::reach))
        .map(Address::endpoint)
        .distinct()
        .limit(MAX_ADDRESSES)
        .toList();
  }
}
