// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmPass;
import org.paceline.api.MergeRule;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;
import org.paceline.core.host.PassScheduler;

class MergedFilmTest {
  private static final FilmLayout LAYOUT =
      new FilmLayout(
          8,
          List.of(
              new FilmPass("combined", 0, 2, MergeRule.SUM),
              new FilmPass("depth", 2, 1, MergeRule.FIRST),
              new FilmPass("count", 3, 1, MergeRule.COUNT),
              new FilmPass("crypto", 4, 4, MergeRule.CRYPTOMATTE)));

  @Test
  void blocksCoverTheSamplesAndMeetEvery16() {
    for (int samples = 1; samples < 200; samples++) {
      SampleBlocks blocks = new SampleBlocks(samples);
      int next = 0;
      for (int block = 0; block < blocks.count(); block++) {
        assertEquals(next, blocks.start(block));
        assertEquals(block, blocks.blockAt(next));
        assertTrue(next < 16 || next % 16 == 0);
        next += blocks.length(block);
      }
      assertEquals(samples, next);
      assertTrue(blocks.blockAt(samples) < 0);
    }
  }

  @Test
  void anyOrderWithRepetitionsGivesTheSameBits() {
    RenderRequest request = new RenderRequest(100, 70, 50, LAYOUT);
    byte[] expected = null;
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      try (MergedFilm film = new MergedFilm(request, 1)) {
        List<WorkUnit> units = new ArrayList<>();
        PassScheduler scheduler = new PassScheduler(1, film.blocks(), film.grid(), 1 << 20);
        for (WorkUnit unit = next(scheduler, random);
            unit != null;
            unit = next(scheduler, random)) {
          units.add(unit);
        }
        if (seed > 0) {
          Collections.shuffle(units, random);
        }
        for (WorkUnit unit : units) {
          try (NativeMemory pass = pass(unit)) {
            film.merge(unit, pass);
            if (random.nextInt(4) == 0) {
              film.merge(unit, pass);
            }
          }
        }
        assertTrue(film.isComplete());
        byte[] bytes = new byte[(int) film.memory().lengthBytes()];
        film.memory().getBytes(0, bytes, 0, bytes.length);
        expected = expected == null ? bytes : expected;
        assertArrayEquals(expected, bytes, "seed " + seed);
      }
    }
  }

  @Test
  void eachRuleMergesItsWay() {
    RenderRequest request = new RenderRequest(1, 1, 2, LAYOUT);
    try (MergedFilm film = new MergedFilm(request, 1);
        NativeMemory pass = NativeMemory.allocateZeroed(8 * 4)) {
      set(pass, 1.5f, 2f, 7f, 0, 11f, 0.25f, 12f, 0.5f);
      pass.putInt(12, 1);
      film.merge(new WorkUnit(1, 0, 0, 1, 1, 0, 1), pass);
      assertFalse(film.isComplete());
      assertEquals(1, film.samples(0, 0));
      set(pass, 0.5f, 1f, 9f, 0, 12f, 0.5f, 13f, 1f);
      pass.putInt(12, 1);
      film.merge(new WorkUnit(1, 0, 0, 1, 1, 1, 1), pass);
      assertEquals(2f, film.get(0, 0, 0));
      assertEquals(1.5f, film.mean(0, 0, 1));
      assertEquals(7f, film.get(0, 0, 2));
      assertEquals(2, film.memory().getInt(12));
      assertEquals(11f, film.get(0, 0, 4));
      assertEquals(0.25f, film.get(0, 0, 5));
      assertEquals(12f, film.get(0, 0, 6));
      assertEquals(1f, film.get(0, 0, 7));
      assertThrows(
          IllegalArgumentException.class,
          () -> film.merge(new WorkUnit(1, 0, 0, 1, 1, 0, 2), pass));
    }
  }

  private static WorkUnit next(PassScheduler scheduler, Random random) {
    WorkUnit unit = scheduler.next(1 + random.nextInt(60_000));
    if (unit != null && random.nextInt(5) == 0) {
      scheduler.giveBack(unit);
      return scheduler.next(1 + random.nextInt(3_000));
    }
    return unit;
  }

  private static NativeMemory pass(WorkUnit unit) {
    NativeMemory pass = NativeMemory.allocate(unit.pixels() * LAYOUT.stride() * 4L);
    long at = 0;
    for (int y = unit.y(); y < unit.y() + unit.height(); y++) {
      for (int x = unit.x(); x < unit.x() + unit.width(); x++, at += LAYOUT.stride() * 4L) {
        Random random = new Random((long) x << 40 | (long) y << 20 | unit.firstSample());
        for (int i = 0; i < LAYOUT.stride(); i++) {
          pass.putFloat(at + i * 4L, i == 4 || i == 6 ? 1 + random.nextInt(5) : random.nextFloat());
        }
        pass.putInt(at + 12, unit.sampleCount());
      }
    }
    return pass;
  }

  private static void set(NativeMemory pass, float... values) {
    for (int i = 0; i < values.length; i++) {
      pass.putFloat(4L * i, values[i]);
    }
  }
}
