// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.io.PrintStream;
import java.util.Locale;

/** Counts the outcomes of many runs, and tells of each failure at once. Thread-safe. */
final class Tally {
  private static final int PROGRESS_LINES = 20;

  private final int expected;
  private final PrintStream out;
  private final long startNs = System.nanoTime();
  private int runs;
  private int failures;
  private long steps;
  private double virtualSeconds;
  private double mostEarly;

  /** For so many runs. */
  Tally(int expected, PrintStream out) {
    this.expected = expected;
    this.out = out;
  }

  synchronized void add(long seed, Outcome outcome) {
    runs++;
    steps += outcome.steps();
    virtualSeconds += outcome.virtualNs() / 1e9;
    mostEarly = Math.max(mostEarly, outcome.mostEarly());
    if (outcome.isFailure()) {
      failures++;
      out.printf(
          Locale.ROOT,
          "seed %d with %d workers: %s%n  %s%n  %s%n",
          seed,
          outcome.workers(),
          outcome.failure(),
          Simulate.replay(seed, outcome.workers()),
          Simulate.replayWithMaven(seed, outcome.workers()));
    }
    if (runs % Math.max(1, expected / PROGRESS_LINES) == 0) {
      out.printf(
          Locale.ROOT, "%d of %d seeds, %d failed, %.0f s%n", runs, expected, failures, seconds());
    }
  }

  synchronized int failures() {
    return failures;
  }

  synchronized void summary() {
    out.printf(
        Locale.ROOT,
        "%d seeds in %.1f s, %d failed: %.0f s of cluster time, %d million steps, at most %.0f %%"
            + " of a film kept aside%n",
        runs,
        seconds(),
        failures,
        virtualSeconds,
        steps / 1_000_000,
        mostEarly * 100);
  }

  private double seconds() {
    return (System.nanoTime() - startNs) / 1e9;
  }
}
