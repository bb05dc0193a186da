// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;

/** Scenes, what devices make of them, and results share one budget. */
class MemoryBudgetTest {
  private static final MemoryBudget.Tenant BUSY =
      new MemoryBudget.Tenant() {
        @Override
        public long idleForNs() {
          return 0;
        }

        @Override
        public void evict() {
          throw new AssertionError("it is in use");
        }
      };

  private final MemoryBudget budget = new MemoryBudget(1_000);
  private final MemoryBudget.Room room = budget.open(BUSY);
  private final MemoryBudget.Room other = budget.open(BUSY);

  @Test
  void whatADeviceNeedsCountsByEstimateAndThenByMeasurement() {
    assertTrue(room.reserve(300, 500));
    assertFalse(other.reserve(300, 0));
    room.settle(300, 500);
    assertFalse(other.reserve(300, 0));
    room.settleDevice(200);
    assertTrue(other.reserve(300, 200));
    assertEquals(400, budget.otherBytes());
    room.free();
    other.free();
    assertEquals(0, budget.otherBytes());
  }

  @Test
  void resultsOfHeldUnitsDoNotGrowBeyondTheBudget() {
    try (PassPool pool = new PassPool(room)) {
      room.settle(500, 100);
      NativeMemory first = pool.take(300);
      assertNotNull(first);
      assertNull(pool.take(300));
      assertFalse(other.reserve(200, 0));
      pool.giveBack(first);
      NativeMemory again = pool.take(300);
      assertNotNull(again);
      pool.giveBack(again);
      pool.trim();
      assertTrue(other.reserve(400, 0));
    }
  }

  @Test
  void whoHasNoResultGetsRoomForOne() {
    try (PassPool pool = new PassPool(room)) {
      other.settle(1_000, 0);
      NativeMemory only = pool.take(300);
      assertNotNull(only);
      assertNull(pool.take(1));
      pool.giveBack(only);
    }
  }
}
