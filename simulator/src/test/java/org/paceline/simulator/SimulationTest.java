// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random clusters with random faults bring the right images, and in time. */
@Tag("slow")
class SimulationTest {
  private static final int SEEDS = 2_000;

  @Test
  void everySeedBringsTheRightImages() {
    List<String> failures =
        LongStream.rangeClosed(1, SEEDS)
            .parallel()
            .mapToObj(SimulationTest::failure)
            .filter(failure -> !failure.isEmpty())
            .toList();
    assertEquals(List.of(), failures);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void aSeedAlwaysRunsTheSame(long seed) {
    Outcome first = new Simulation(seed, 0, null).run();
    assertEquals(first, new Simulation(seed, 0, null).run());
    assertEquals(first, new Simulation(seed, first.workers(), null).run());
    assertNotEquals(first.traceHash(), new Simulation(seed + 1, 0, null).run().traceHash());
  }

  private static String failure(long seed) {
    Outcome outcome = new Simulation(seed, 0, null).run();
    return outcome.isFailure()
        ? String.format(
            Locale.ROOT,
            "%n%s: %s%n  %s%n",
            outcome.failure(),
            Simulate.replay(seed, outcome.workers()),
            Simulate.replayWithMaven(seed, outcome.workers()))
        : "";
  }
}
