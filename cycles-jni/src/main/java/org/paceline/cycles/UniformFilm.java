// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.util.Arrays;
import java.util.List;
import org.paceline.api.Film;
import org.paceline.api.FilmPass;
import org.paceline.api.FilmUpdate;
import org.paceline.api.MergeRule;
import org.paceline.api.NativeMemory;

/**
 * A film as Cycles' pass accessor wants it: the same number of samples everywhere. That of a
 * finished job is used in place; of an interrupted or a running one, pixels with fewer samples are
 * scaled up in a copy.
 */
record UniformFilm(NativeMemory memory, int samples, boolean owned) implements AutoCloseable {
  static UniformFilm of(Film film) {
    return film.isFinal() ? ofFinal(film) : ofChanging(film);
  }

  private static UniformFilm ofFinal(Film film) {
    int most = 0;
    int least = Integer.MAX_VALUE;
    for (int y = 0; y < film.height(); y++) {
      for (int x = 0; x < film.width(); x++) {
        most = Math.max(most, film.samples(x, y));
        least = Math.min(least, film.samples(x, y));
      }
    }
    NativeMemory memory = film.memory();
    if (least == most) {
      return new UniformFilm(memory, most, false);
    }
    NativeMemory copy = NativeMemory.allocate(memory.lengthBytes());
    copy.copyFrom(0, memory, 0, copy.lengthBytes());
    boolean[] summed = summed(film);
    for (int y = 0; y < film.height(); y++) {
      for (int x = 0; x < film.width(); x++) {
        scale(copy, summed, (long) y * film.width() + x, film.samples(x, y), most);
      }
    }
    return new UniformFilm(copy, most, true);
  }

  /** Samples are those of the copy, not those that the film has by now. */
  private static UniformFilm ofChanging(Film film) {
    NativeMemory copy = NativeMemory.allocate(film.memory().lengthBytes());
    try {
      List<FilmUpdate.Rect> rects = film.snapshot(copy, null).dirty();
      int most = rects.stream().mapToInt(FilmUpdate.Rect::samples).max().orElse(0);
      boolean[] summed = summed(film);
      for (FilmUpdate.Rect rect : rects) {
        for (int y = rect.y(); y < rect.y() + rect.height(); y++) {
          for (int x = rect.x(); x < rect.x() + rect.width(); x++) {
            scale(copy, summed, (long) y * film.width() + x, rect.samples(), most);
          }
        }
      }
      return new UniformFilm(copy, most, true);
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  private static void scale(
      NativeMemory copy, boolean[] summed, long pixel, int samples, int most) {
    if (samples == 0 || samples == most) {
      return;
    }
    float factor = (float) most / samples;
    for (int i = 0; i < summed.length; i++) {
      if (summed[i]) {
        long at = (pixel * summed.length + i) * Float.BYTES;
        copy.putFloat(at, copy.getFloat(at) * factor);
      }
    }
  }

  /** Which floats of a pixel grow with its samples. */
  private static boolean[] summed(Film film) {
    boolean[] summed = new boolean[film.layout().stride()];
    Arrays.fill(summed, true);
    for (FilmPass pass : film.layout().passes()) {
      for (int i = 0; i < pass.components(); i++) {
        boolean weight = pass.rule() == MergeRule.CRYPTOMATTE && i % 2 == 1;
        summed[pass.offset() + i] = pass.rule() == MergeRule.SUM || weight;
      }
    }
    return summed;
  }

  @Override
  public void close() {
    if (owned) {
      memory.close();
    }
  }
}
