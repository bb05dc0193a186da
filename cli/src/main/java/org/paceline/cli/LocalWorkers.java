// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.paceline.api.WorkerStatus;
import org.paceline.api.transport.Endpoint;

/**
 * Tells which workers won't come: refused ones, processes of ours that have ended, and those of
 * ours that listen on this machine and still can't be reached.
 */
final class LocalWorkers {
  /** A worker that listens is attached within a second; a machine that is busy takes longer. */
  static final long REACH_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

  private final List<String> endpoints;
  private final WorkerProcesses processes;

  /** Since when a worker that never attached has had a reason for that. */
  private final Map<String, Long> unreachedSinceNs = new HashMap<>();

  private long nowNs;

  /** {@code endpoints} in the order of {@code processes}. */
  LocalWorkers(List<Endpoint> endpoints, WorkerProcesses processes) {
    this.endpoints = endpoints.stream().map(Endpoint::toString).toList();
    this.processes = processes;
  }

  /** Takes note of how far workers are; call it again and again. */
  void observe(List<WorkerStatus> workers, long timeNs) {
    nowNs = timeNs;
    for (WorkerStatus worker : workers) {
      if (!worker.name().isEmpty()) {
        unreachedSinceNs.remove(worker.endpoint());
      } else if (endpoints.contains(worker.endpoint()) && !worker.detail().isEmpty()) {
        unreachedSinceNs.putIfAbsent(worker.endpoint(), timeNs);
      }
    }
  }

  boolean isGoneForGood(WorkerStatus worker) {
    return worker.state() == WorkerStatus.State.REFUSED || hasEnded(worker) || isOutOfReach(worker);
  }

  /** Why each of {@code workers}, all gone for good, is. */
  String reasons(List<WorkerStatus> workers) {
    return workers.stream().map(this::reason).distinct().collect(Collectors.joining("; "));
  }

  /** A sentence for each process that has ended. */
  Stream<String> endings() {
    return IntStream.range(0, endpoints.size())
        .mapToObj(processes::get)
        .filter(process -> !process.isAlive())
        .map(WorkerProcess::ending);
  }

  private String reason(WorkerStatus worker) {
    return hasEnded(worker)
        ? processes.get(endpoints.indexOf(worker.endpoint())).ending()
        : worker.endpoint() + ": " + worker.detail();
  }

  private boolean hasEnded(WorkerStatus worker) {
    int index = endpoints.indexOf(worker.endpoint());
    return index >= 0 && !processes.get(index).isAlive();
  }

  private boolean isOutOfReach(WorkerStatus worker) {
    Long sinceNs = unreachedSinceNs.get(worker.endpoint());
    return sinceNs != null && nowNs - sinceNs > REACH_LIMIT_NS;
  }
}
