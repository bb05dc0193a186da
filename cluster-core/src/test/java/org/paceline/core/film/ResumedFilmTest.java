// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;
import org.paceline.core.host.PassScheduler;

/** A film that goes on, from whatever state, ends with the bits of one that was never cut off. */
class ResumedFilmTest {
  @Test
  void whereverItIsCutOffTheBitsAreTheSame() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      RenderRequest request =
          new RenderRequest(
              1 + random.nextInt(130),
              1 + random.nextInt(100),
              1 + random.nextInt(60),
              RandomFilm.LAYOUT);
      byte[] expected = uninterrupted(request);
      FilmContent copy = FilmContent.empty(request);
      long units = 0;
      do {
        try (MergedFilm film = new MergedFilm(request, 1)) {
          film.restore(copy);
          if (random.nextBoolean()) {
            render(film, random, Long.MAX_VALUE);
            assertTrue(film.isComplete(), "seed " + seed);
            assertArrayEquals(expected, RandomFilm.bytes(film.memory()), "seed " + seed);
            units = Long.MAX_VALUE;
          } else {
            render(film, random, random.nextInt(40));
            // rows are copied at different times, and what comes meanwhile is in some of them
            for (int row = 0; row < film.grid().rows(); row++) {
              film.copyRow(row, copy);
              render(film, random, random.nextInt(3));
            }
          }
        }
      } while (units != Long.MAX_VALUE);
      copy.close();
    }
  }

  @Test
  void onlyWhatIsMissingIsIssued() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      RenderRequest request =
          new RenderRequest(
              1 + random.nextInt(200),
              1 + random.nextInt(100),
              1 + random.nextInt(60),
              RandomFilm.LAYOUT);
      try (MergedFilm film = new MergedFilm(request, 1);
          FilmContent copy = RandomFilm.content(request, random)) {
        film.restore(copy);
        int[][] issued = new int[film.grid().cells()][film.blocks().count()];
        PassScheduler scheduler = scheduler(film);
        long missing = (long) film.width() * film.height() * request.samples();
        assertEquals(missing - film.mergedSamples(), scheduler.unissuedSamples());
        for (WorkUnit unit = scheduler.next(random.nextInt(60_000));
            unit != null;
            unit = scheduler.next(random.nextInt(60_000))) {
          count(film, unit, issued);
        }
        assertEquals(0, scheduler.unissuedSamples());
        for (int cell = 0; cell < issued.length; cell++) {
          for (int block = 0; block < film.blocks().count(); block++) {
            int times = block < copy.mergedBlocks()[cell] ? 0 : 1;
            assertEquals(times, issued[cell][block], "seed " + seed);
          }
        }
      }
    }
  }

  private static byte[] uninterrupted(RenderRequest request) {
    try (MergedFilm film = new MergedFilm(request, 1)) {
      render(film, new Random(0), Long.MAX_VALUE);
      return RandomFilm.bytes(film.memory());
    }
  }

  /** Renders so many units that the film lacks; some come late, some twice. */
  private static void render(MergedFilm film, Random random, long limit) {
    PassScheduler scheduler = scheduler(film);
    List<WorkUnit> held = new ArrayList<>();
    for (long merged = 0; merged < limit; merged++) {
      WorkUnit next = scheduler.next(random.nextInt(40_000));
      if (next != null) {
        held.add(next);
      }
      if (held.isEmpty()) {
        return;
      }
      if (next == null || held.size() > 6) {
        WorkUnit done = held.remove(random.nextInt(held.size()));
        switch (random.nextInt(5)) {
          case 0 -> scheduler.giveBack(done);
          case 1 -> {
            RandomFilm.merge(film, done);
            RandomFilm.merge(film, done);
          }
          default -> RandomFilm.merge(film, done);
        }
      }
    }
  }

  private static PassScheduler scheduler(MergedFilm film) {
    return new PassScheduler(1, film.blocks(), film.grid(), 1 << 14, film.content().mergedBlocks());
  }

  private static void count(MergedFilm film, WorkUnit unit, int[][] issued) {
    int block = film.blocks().blockAt(unit.firstSample());
    int columns = film.grid().columns();
    for (int y = unit.y(); y < unit.y() + unit.height(); y += CellGrid.CELL) {
      for (int x = unit.x(); x < unit.x() + unit.width(); x += CellGrid.CELL) {
        issued[y / CellGrid.CELL * columns + x / CellGrid.CELL][block]++;
      }
    }
  }
}
