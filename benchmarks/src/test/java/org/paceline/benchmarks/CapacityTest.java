// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The least time that workers need that come and go. */
class CapacityTest {
  private static final double FOREVER = Double.POSITIVE_INFINITY;

  private final Capacity capacity = new Capacity();

  @Test
  void countsEachWorkerForTheTimeThatItWasThere() {
    capacity.add(10, 0, FOREVER);
    capacity.add(10, 0, 8);
    capacity.add(10, 0, 12);
    capacity.add(10, 20, FOREVER);
    // 30 a second until 8 s, 20 until 12 s, 10 until 20 s, then 20.
    assertEquals(4, capacity.secondsFor(120), 1e-9);
    assertEquals(8, capacity.secondsFor(240), 1e-9);
    assertEquals(14, capacity.secondsFor(340), 1e-9);
    assertEquals(25, capacity.secondsFor(500), 1e-9);
  }

  @Test
  void waitsThroughATimeWithoutWorkers() {
    capacity.add(10, 0, 1);
    capacity.add(100, 5, FOREVER);
    assertEquals(6, capacity.secondsFor(110), 1e-9);
  }

  @Test
  void neverEndsIfTheWorkersLeaveTooEarly() {
    capacity.add(10, 0, 1);
    assertEquals(FOREVER, capacity.secondsFor(11));
  }
}
