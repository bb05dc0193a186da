// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.MutableLong;
import org.paceline.core.WorkerActivity;
import org.paceline.core.WorkerActivity.Doing;

/** Adds up what a worker does. Belongs to the sessions' owner; snapshots may be had anywhere. */
final class ActivityMeter {
  private static final long SNAPSHOT_INTERVAL_NS = 50_000_000;

  private final Map<Doing, MutableLong> nanos = new EnumMap<>(Doing.class);
  private Doing doing = Doing.WITHOUT_HOST;
  private long countedNs;
  private long nextSnapshotNs;
  private long samplesBefore;
  private volatile WorkerActivity snapshot;

  ActivityMeter(long nowNs) {
    countedNs = nowNs;
    nextSnapshotNs = nowNs;
    for (Doing each : Doing.values()) {
      nanos.put(each, new MutableLong());
    }
    observe(List.of(), nowNs);
  }

  /** Counts the time since the last call for what was done then. */
  void observe(List<WorkerSession> sessions, long nowNs) {
    nanos.get(doing).addAndGet(nowNs - countedNs);
    countedNs = nowNs;
    doing = Doing.WITHOUT_HOST;
    for (int i = 0; i < sessions.size(); i++) {
      Doing forHost = sessions.get(i).doing();
      if (forHost.compareTo(doing) < 0) {
        doing = forHost;
      }
    }
    if (nowNs - nextSnapshotNs >= 0) {
      nextSnapshotNs = nowNs + SNAPSHOT_INTERVAL_NS;
      snapshot = take(sessions);
    }
  }

  /** A session is over; what it did still counts. */
  void ended(WorkerSession session) {
    samplesBefore += session.samples();
  }

  /** The last snapshot; from any thread. */
  WorkerActivity snapshot() {
    return snapshot;
  }

  private WorkerActivity take(List<WorkerSession> sessions) {
    Map<Doing, Long> times = new EnumMap<>(Doing.class);
    nanos.forEach((each, time) -> times.put(each, time.get()));
    long samples = samplesBefore + sessions.stream().mapToLong(WorkerSession::samples).sum();
    List<WorkerActivity.Host> hosts =
        sessions.stream().filter(WorkerSession::isAttached).map(WorkerSession::activity).toList();
    return new WorkerActivity(times, samples, hosts);
  }
}
