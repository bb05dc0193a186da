// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.paceline.api.CheckpointException;
import org.paceline.core.Waiting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that writes a session's checkpoints. */
final class CheckpointWriter implements Executor, AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(CheckpointWriter.class);

  /** Long enough to write the largest film; a disk that hangs must not keep its user for ever. */
  private static final long LIMIT_MS = TimeUnit.MINUTES.toMillis(2);

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

  /**
   * Waits until everything given so far is done.
   *
   * @throws CheckpointException if the disk takes minutes
   */
  void drain() {
    if (!isDrained()) {
      throw new CheckpointException(
          "the checkpoint before isn't written after "
              + TimeUnit.MILLISECONDS.toSeconds(LIMIT_MS)
              + " s; does its disk answer?");
    }
  }

  private boolean isDrained() {
    CountDownLatch done = new CountDownLatch(1);
    executor.execute(done::countDown);
    return Waiting.uninterruptibly(done, LIMIT_MS);
  }

  /** Waits as well, and ends the thread. */
  @Override
  public void close() {
    if (!isDrained()) {
      LOGGER.error(
          "the last checkpoint isn't written after {} s; does its disk answer?",
          TimeUnit.MILLISECONDS.toSeconds(LIMIT_MS));
    }
    executor.shutdown();
  }
}
