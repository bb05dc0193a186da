// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Waits for what a poll brings about. */
public final class Await {
  /** A JVM on an emulated processor takes half a minute to start, on a busy machine longer. */
  private static final long PATIENCE_S = 120;

  private static final long MAX_PAUSE_NS = 100_000;

  private Await() {}

  /** Asks until it is so; fails after two minutes, saying what did not happen. */
  public static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }

  /** Asks until it is so; fails after two minutes with a text made then. */
  public static void until(Supplier<String> what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    // what is waited for may need this core
    IdleStrategy idle = new BackoffIdleStrategy(10, 100, 1_000, MAX_PAUSE_NS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE_S + " s: " + what.get());
      }
      idle.idle();
    }
  }
}
