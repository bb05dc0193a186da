// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.paceline.api.WorkUnit;

/** How fast a worker is, by the units that it rendered. */
class HeldUnitsTest {
  private static final WorkUnit UNIT = new WorkUnit(1, 0, 0, 32, 32, 0, 16);
  private static final double SAMPLES = UNIT.pixelSamples();
  private static final long NS = 300_000_000;

  private final HeldUnits held = new HeldUnits();

  @Test
  void aUnitOfEmptySkyDoesNotMakeAWorkerSeemFast() {
    for (int i = 0; i < 10; i++) {
      held.rendered(UNIT, NS);
    }
    held.rendered(UNIT, NS / 100);
    // At most what it would be had that unit taken no time.
    assertEquals(1.4 * SAMPLES / NS, held.samplesPerNs(), 0.1 * SAMPLES / NS);
  }

  @Test
  void aWorkerThatBecomesSlowIsKnownToBeAfterOneUnit() {
    for (int i = 0; i < 10; i++) {
      held.rendered(UNIT, NS);
    }
    held.rendered(UNIT, 20 * NS);
    assertEquals(SAMPLES / (6 * NS), held.samplesPerNs(), 0.5 * SAMPLES / (6 * NS));
  }

  @Test
  void aWorkerThatBecomesFastIsKnownToBeAfterSomeUnits() {
    for (int i = 0; i < 10; i++) {
      held.rendered(UNIT, 20 * NS);
    }
    for (int i = 0; i < 20; i++) {
      held.rendered(UNIT, NS);
    }
    assertEquals(SAMPLES / NS, held.samplesPerNs(), 0.1 * SAMPLES / NS);
  }
}
