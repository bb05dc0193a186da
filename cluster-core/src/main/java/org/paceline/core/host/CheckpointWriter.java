// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.paceline.core.Agents;

/** The thread that writes a session's checkpoints. */
final class CheckpointWriter implements Executor, AutoCloseable {
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "paceline-checkpoint");
            thread.setDaemon(true);
            return thread;
          });

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  /** Waits until everything given so far is done. */
  void drain() {
    CountDownLatch done = new CountDownLatch(1);
    executor.execute(done::countDown);
    Agents.awaitUninterruptibly(done);
  }

  /** Waits as well, and ends the thread. */
  @Override
  public void close() {
    drain();
    executor.shutdown();
  }
}
