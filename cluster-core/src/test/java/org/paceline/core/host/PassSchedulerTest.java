// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.paceline.api.WorkUnit;
import org.paceline.core.film.CellGrid;
import org.paceline.core.film.SampleBlocks;

class PassSchedulerTest {
  @Test
  void everySampleOfEveryPixelIsIssuedOnceHoweverUnitsComeBack() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int width = 1 + random.nextInt(200);
      int height = 1 + random.nextInt(120);
      int samples = 1 + random.nextInt(40);
      SampleBlocks blocks = new SampleBlocks(samples);
      long maxPixels = 1024L << random.nextInt(6);
      PassScheduler scheduler =
          new PassScheduler(3, blocks, new CellGrid(width, height), maxPixels);
      byte[][] issued = new byte[blocks.count()][width * height];
      ArrayDeque<WorkUnit> held = new ArrayDeque<>();
      while (true) {
        WorkUnit unit = scheduler.next(1 + random.nextInt(200_000));
        if (unit == null && held.isEmpty()) {
          break;
        }
        if (unit != null) {
          assertTrue(unit.pixels() <= Math.max(1024, maxPixels), "seed " + seed + " " + unit);
          assertEquals(3, unit.generation());
          held.add(unit);
        }
        if (unit == null || random.nextInt(3) == 0) {
          WorkUnit done = held.poll();
          if (random.nextInt(4) == 0) {
            scheduler.giveBack(done);
          } else {
            int block = blocks.blockAt(done.firstSample());
            assertEquals(blocks.length(block), done.sampleCount());
            for (int y = done.y(); y < done.y() + done.height(); y++) {
              for (int x = done.x(); x < done.x() + done.width(); x++) {
                issued[block][y * width + x]++;
              }
            }
          }
        }
      }
      assertEquals(0, scheduler.unissuedSamples());
      for (byte[] block : issued) {
        for (byte count : block) {
          assertEquals(1, count, "seed " + seed);
        }
      }
    }
  }

  @Test
  void unitsFollowTheTarget() {
    PassScheduler scheduler =
        new PassScheduler(1, new SampleBlocks(1), new CellGrid(320, 320), 1 << 20);
    assertEquals(1024, scheduler.next(1).pixels());
    assertEquals(3 * 1024, scheduler.next(3 * 1024 + 500).pixels());
    assertEquals(6 * 1024, scheduler.next(100_000).pixels());
    assertEquals(2 * 10 * 1024, scheduler.next(25 * 1024).pixels());
    assertEquals(7 * 10 * 1024, scheduler.next(Long.MAX_VALUE).pixels());
    assertNull(scheduler.next(1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new PassScheduler(1, new SampleBlocks(1), new CellGrid(32, 32), 1023));
  }
}
