// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.AgentRunner;

/** Waiting for agents, whatever interrupts come meanwhile: memory they use is freed afterwards. */
public final class Agents {
  private Agents() {}

  /**
   * Ends an agent's thread and waits until it has ended.
   *
   * @throws IllegalStateException on that very thread, as from a listener
   */
  public static void close(AgentRunner runner) {
    if (runner.thread() == Thread.currentThread()) {
      throw new IllegalStateException(
          "can't be closed from a listener: it runs on the thread that would end");
    }
    boolean interrupted = Thread.interrupted();
    runner.close();
    while (!runner.isClosed()) {
      interrupted |= Thread.interrupted();
      runner.close();
      Thread.onSpinWait();
    }
    restore(interrupted);
  }

  /** Waits for a latch, and restores the interrupt flag afterwards. */
  public static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        restore(interrupted);
        return;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
