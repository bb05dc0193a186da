// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting whatever interrupts come meanwhile: memory in use is freed afterwards. */
public final class Waiting {
  private Waiting() {}

  /**
   * Waits for a latch, and restores the interrupt flag afterwards.
   *
   * @return whether it came in time
   */
  public static boolean uninterruptibly(CountDownLatch latch, long limitMs) {
    boolean interrupted = false;
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
    while (true) {
      try {
        boolean came = latch.await(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return came;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
