// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Waits for what a poll brings about. */
public final class Await {
  private static final long PATIENCE_NS = 30_000_000_000L;
  private static final long MAX_PAUSE_NS = 100_000;

  private Await() {}

  /** Asks until it is so; fails after half a minute, saying what did not happen. */
  public static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }

  /** Asks until it is so; fails after half a minute with a text made then. */
  public static void until(Supplier<String> what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NS;
    // what is waited for may need this core
    IdleStrategy idle = new BackoffIdleStrategy(10, 100, 1_000, MAX_PAUSE_NS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 30 s: " + what.get());
      }
      idle.idle();
    }
  }
}
