// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import java.util.List;
import java.util.Random;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmPass;
import org.paceline.api.MergeRule;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;

/** Passes whose floats depend on pixel and sample, for a film with every kind of pass. */
public final class RandomFilm {
  /** Sums whose order shows in their bits, and the other rules. */
  public static final FilmLayout LAYOUT =
      new FilmLayout(
          8,
          List.of(
              new FilmPass("combined", 0, 2, MergeRule.SUM),
              new FilmPass("depth", 2, 1, MergeRule.FIRST),
              new FilmPass("count", 3, 1, MergeRule.COUNT),
              new FilmPass("crypto", 4, 4, MergeRule.CRYPTOMATTE)));

  private static final int COUNT = 3;

  private RandomFilm() {}

  /** Merges the pass of a unit. */
  public static void merge(MergedFilm film, WorkUnit unit) {
    try (NativeMemory pass = pass(unit)) {
      film.merge(unit, pass);
    }
  }

  /** The unit of one cell and block. */
  public static WorkUnit unit(MergedFilm film, int cell, int block) {
    CellGrid grid = film.grid();
    int column = cell % grid.columns();
    int row = cell / grid.columns();
    int x = grid.left(column);
    int y = grid.bottom(row);
    return new WorkUnit(
        1,
        x,
        y,
        grid.left(column + 1) - x,
        grid.bottom(row + 1) - y,
        film.blocks().start(block),
        film.blocks().length(block));
  }

  /** A copy of a film that has some blocks of each cell. */
  public static FilmContent content(RenderRequest request, Random random) {
    FilmContent copy = FilmContent.empty(request);
    try (MergedFilm film = new MergedFilm(request, 1)) {
      for (int cell = 0; cell < film.grid().cells(); cell++) {
        int blocks = random.nextInt(film.blocks().count() + 1);
        for (int block = 0; block < blocks; block++) {
          merge(film, unit(film, cell, block));
        }
      }
      copyAll(film, copy);
    }
    return copy;
  }

  /** Copies what a copy lacks. */
  public static void copyAll(MergedFilm film, FilmContent copy) {
    for (int row = 0; row < film.grid().rows(); row++) {
      film.copyRow(row, copy);
    }
  }

  /** The bytes of some memory. */
  public static byte[] bytes(NativeMemory memory) {
    byte[] bytes = new byte[Math.toIntExact(memory.lengthBytes())];
    memory.getBytes(0, bytes, 0, bytes.length);
    return bytes;
  }

  private static NativeMemory pass(WorkUnit unit) {
    long pixelBytes = LAYOUT.lengthBytes(1, 1);
    NativeMemory pass = NativeMemory.allocate(unit.pixels() * pixelBytes);
    long at = 0;
    for (int y = unit.y(); y < unit.y() + unit.height(); y++) {
      for (int x = unit.x(); x < unit.x() + unit.width(); x++, at += pixelBytes) {
        Random random = new Random((long) x << 40 | (long) y << 20 | unit.firstSample());
        for (int i = 0; i < LAYOUT.stride(); i++) {
          boolean id = i == 4 || i == 6;
          pass.putFloat(
              at + (long) i * Float.BYTES, id ? 1 + random.nextInt(5) : random.nextFloat());
        }
        pass.putInt(at + COUNT * Float.BYTES, unit.sampleCount());
      }
    }
    return pass;
  }
}
