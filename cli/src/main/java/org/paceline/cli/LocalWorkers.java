// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.paceline.api.WorkerStatus;
import org.paceline.api.transport.Endpoint;

/** Tells which workers won't come back: refused ones, and processes of ours that have ended. */
final class LocalWorkers {
  private final List<String> endpoints;
  private final WorkerProcesses processes;

  /** {@code endpoints} in the order of {@code processes}. */
  LocalWorkers(List<Endpoint> endpoints, WorkerProcesses processes) {
    this.endpoints = endpoints.stream().map(Endpoint::toString).toList();
    this.processes = processes;
  }

  boolean isGoneForGood(WorkerStatus worker) {
    return worker.state() == WorkerStatus.State.REFUSED || hasEnded(worker);
  }

  /** Why each of {@code workers}, all gone for good, is. */
  String reasons(List<WorkerStatus> workers) {
    return workers.stream().map(this::reason).distinct().collect(Collectors.joining("; "));
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
}
