// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.paceline.api.transport.Endpoint;

/** Local worker processes that are started and ended together. */
final class WorkerProcesses implements AutoCloseable {
  private final List<WorkerProcess> workers = new ArrayList<>();

  private WorkerProcesses() {}

  /** Starts {@code count} of them and returns at once. */
  static WorkerProcesses start(int count, WorkerLaunch launch, Consumer<String> messages) {
    WorkerProcesses processes = new WorkerProcesses();
    try {
      for (int i = 1; i <= count; i++) {
        processes.workers.add(WorkerProcess.start("worker " + i, launch, messages));
      }
    } catch (RuntimeException e) {
      processes.close();
      throw e;
    }
    return processes;
  }

  /** Waits until every one listens. */
  List<Endpoint> awaitEndpoints() throws InterruptedException {
    List<Endpoint> endpoints = new ArrayList<>();
    for (WorkerProcess worker : workers) {
      endpoints.add(worker.awaitEndpoint());
    }
    return endpoints;
  }

  int size() {
    return workers.size();
  }

  WorkerProcess get(int index) {
    return workers.get(index);
  }

  /** CPU time of those that still run. */
  Duration cpuTime() {
    return workers.stream().map(WorkerProcess::cpuTime).reduce(Duration.ZERO, Duration::plus);
  }

  /** Ends all; returns when none is left. */
  @Override
  public void close() {
    workers.forEach(WorkerProcess::requestEnd);
    workers.forEach(WorkerProcess::close);
  }
}
