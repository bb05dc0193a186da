// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs what blocks, such as starting and ending a driver, off the threads that own channels.
 *
 * <p>Its threads are gone soon after their work, and keep a process alive until then: what was sent
 * last still gets out.
 */
final class Background {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private static final ThreadPoolExecutor EXECUTOR =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          50,
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          task -> new Thread(task, "paceline-aeron-background-" + NEXT.getAndIncrement()));

  private Background() {}

  static void run(Runnable task) {
    EXECUTOR.execute(task);
  }

  /** Waits until nothing runs, but no longer than {@code limitMs}. */
  static void awaitQuiet(long limitMs) throws InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
    while (EXECUTOR.getActiveCount() > 0 && System.nanoTime() - deadlineNs < 0) {
      Thread.sleep(5);
    }
  }
}
