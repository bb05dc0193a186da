// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.util.Arrays;
import org.paceline.api.Film;
import org.paceline.api.FilmPass;
import org.paceline.api.MergeRule;
import org.paceline.api.NativeMemory;

/**
 * A film as Cycles' pass accessor wants it: the same number of samples everywhere. That of a
 * finished job is used in place; of an interrupted one, pixels with fewer samples are scaled up in
 * a copy.
 */
record UniformFilm(NativeMemory memory, int samples, boolean owned) implements AutoCloseable {
  static UniformFilm of(Film film) {
    int most = 0;
    int least = Integer.MAX_VALUE;
    for (int y = 0; y < film.height(); y++) {
      for (int x = 0; x < film.width(); x++) {
        most = Math.max(most, film.samples(x, y));
        least = Math.min(least, film.samples(x, y));
      }
    }
    if (least == most) {
      return new UniformFilm(film.memory(), most, false);
    }
    NativeMemory copy = NativeMemory.allocate(film.memory().lengthBytes());
    copy.copyFrom(0, film.memory(), 0, copy.lengthBytes());
    scale(film, copy, most);
    return new UniformFilm(copy, most, true);
  }

  private static void scale(Film film, NativeMemory copy, int most) {
    boolean[] summed = summed(film);
    for (int y = 0; y < film.height(); y++) {
      for (int x = 0; x < film.width(); x++) {
        int samples = film.samples(x, y);
        if (samples == 0 || samples == most) {
          continue;
        }
        float factor = (float) most / samples;
        long pixel = ((long) y * film.width() + x) * summed.length;
        for (int i = 0; i < summed.length; i++) {
          long at = (pixel + i) * Float.BYTES;
          if (summed[i]) {
            copy.putFloat(at, copy.getFloat(at) * factor);
          }
        }
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
