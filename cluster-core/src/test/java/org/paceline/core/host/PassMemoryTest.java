// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.paceline.api.FilmLayout;
import org.paceline.api.NativeMemory;

class PassMemoryTest {
  private static final int WORKERS = 20;

  private final PassMemory memory = new PassMemory();

  @Test
  void whatNobodyUsesIsFree() {
    List<NativeMemory> taken = new ArrayList<>();
    for (long bytes = 1; bytes <= 4 << 20; bytes *= 4) {
      taken.add(memory.take(bytes));
    }
    assertTrue(memory.bytes() > 4 << 20, memory.bytes() + " bytes");
    taken.forEach(memory::giveBack);
    assertEquals(0, memory.bytes());
  }

  @Test
  void noTwoPassesShareMemoryAndLittleIsHeldFree() {
    SplittableRandom random = new SplittableRandom(1);
    List<NativeMemory> taken = new ArrayList<>();
    long used = 0;
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(40) >= taken.size()) {
        long bytes = random.nextLong(1, 1 << 20);
        NativeMemory next = memory.take(bytes);
        assertTrue(next.lengthBytes() >= bytes);
        next.putLong(0, next.address());
        next.putLong(next.lengthBytes() - Long.BYTES, next.address());
        taken.add(next);
        used += next.lengthBytes();
      } else {
        NativeMemory last = taken.remove(random.nextInt(taken.size()));
        assertEquals(last.address(), last.getLong(0));
        assertEquals(last.address(), last.getLong(last.lengthBytes() - Long.BYTES));
        used -= last.lengthBytes();
        memory.giveBack(last);
        assertTrue(memory.bytes() <= 2 * used, memory.bytes() + " bytes for " + used);
      }
    }
    taken.forEach(memory::giveBack);
    assertEquals(0, memory.bytes());
  }

  /** A worker's memory follows the units that it holds, and goes with the last of them. */
  @Test
  void workersWithoutUnitsCostTheHostNoPassMemory() {
    try (SimulatedCluster cluster = new SimulatedCluster(WORKERS, 1_000_000)) {
      cluster.startAll();
      cluster.buffer("scene", 10_000, 1);
      cluster.commit();
      assertTrue(cluster.runUntil(() -> cluster.host.statuses().size() == WORKERS, 1_000));
      assertEquals(0, cluster.host.passBytes());
      Job job = cluster.render(512, 512, 16, FilmLayout.combined());
      long[] most = {0};
      assertTrue(
          cluster.runUntil(
              () -> {
                most[0] = Math.max(most[0], cluster.host.passBytes());
                return job.isOver();
              },
              600_000));
      assertTrue(most[0] > 0, "nothing was held for passes");
      // a film of 4 MiB, of which nobody can hold more than there is, copies and slack included
      assertTrue(most[0] <= 3L * WORKERS * (1 << 20), most[0] + " bytes");
      assertTrue(cluster.runUntil(() -> cluster.host.passBytes() == 0, 5_000));
      Job again = cluster.render(64, 64, 16, FilmLayout.combined());
      assertTrue(cluster.finish(again));
    }
  }
}
