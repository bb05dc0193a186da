// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.paceline.api.ClusterConfig;
import org.paceline.core.WorkerNode;

/** What a worker does in its first seconds, unless a host comes before. */
final class Preparation {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long POLL_MS = 20;

  private Preparation() {}

  /** Waits until a worker has memory ready; says so if it doesn't get as much as configured. */
  static void await(WorkerNode worker, ClusterConfig config) throws InterruptedException {
    long deadlineNs = System.nanoTime() + LIMIT.toNanos();
    while (worker.activity().preparedBytes() < config.workerPreparedBytes()) {
      if (System.nanoTime() - deadlineNs > 0) {
        System.err.println(
            "a worker has only "
                + (worker.activity().preparedBytes() >> 20)
                + " MiB ready: too little of this machine's memory is left");
        return;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }
}
