// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.util.List;
import org.paceline.api.Film;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmPass;
import org.paceline.api.MergeRule;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;

/**
 * What a film of model devices must hold, told from the README's promises and not from the code
 * that keeps them: blocks of 1, 1, 2, 4, 8 and then 16 samples at a time, summed in order.
 */
final class ModelFilm {
  /** A pass of each rule that tells something. */
  static final FilmLayout LAYOUT =
      new FilmLayout(
          3,
          List.of(
              new FilmPass("combined", 0, 1, MergeRule.SUM),
              new FilmPass("depth", 1, 1, MergeRule.FIRST),
              new FilmPass("samples", 2, 1, MergeRule.COUNT)));

  /** Side of the squares that units consist of. */
  static final int CELL = 32;

  private static final int LARGEST_BLOCK = 16;
  private static final long PIXEL_BYTES = 3L * Float.BYTES;

  private ModelFilm() {}

  /** Fills a pass. */
  static void render(WorkUnit unit, long seed, NativeMemory pass) {
    long offset = 0;
    for (int y = unit.y(); y < unit.y() + unit.height(); y++) {
      for (int x = unit.x(); x < unit.x() + unit.width(); x++, offset += PIXEL_BYTES) {
        long pixel = pixel(x, y, seed);
        float sum = sum(pixel, unit.firstSample(), unit.sampleCount());
        pass.putFloat(offset, sum);
        pass.putFloat(offset + Float.BYTES, -sum);
        pass.putInt(offset + 2L * Float.BYTES, unit.sampleCount());
      }
    }
  }

  /**
   * Compares a film with what it should hold after the samples it says it has.
   *
   * @return the first difference as a sentence, or empty
   */
  static String difference(Film film, long seed) {
    for (int y = 0; y < film.height(); y++) {
      for (int x = 0; x < film.width(); x++) {
        long pixel = pixel(x, y, seed);
        int samples = film.samples(x, y);
        float sum = 0;
        int first = 0;
        while (first < samples) {
          int count = Math.min(samples - first, blockAt(first));
          sum += sum(pixel, first, count);
          first += count;
        }
        float depth = samples == 0 ? 0 : -sum(pixel, 0, 1);
        int counted = Float.floatToRawIntBits(film.get(x, y, 2));
        if (counted != samples) {
          return at(x, y) + " holds " + counted + " samples and says " + samples;
        }
        if (Float.floatToRawIntBits(sum) != Float.floatToRawIntBits(film.get(x, y, 0))) {
          return at(x, y) + " is " + film.get(x, y, 0) + " after " + samples + ", not " + sum;
        }
        if (depth != film.get(x, y, 1)) {
          return at(x, y) + " has depth " + film.get(x, y, 1) + ", not " + depth;
        }
      }
    }
    return "";
  }

  private static String at(int x, int y) {
    return "the film at x=" + x + " y=" + y;
  }

  private static int blockAt(int first) {
    return Math.min(LARGEST_BLOCK, Math.max(1, first));
  }

  private static long pixel(int x, int y, long seed) {
    return ModelScene.mix(seed, ((long) y << 32) | x);
  }

  /** Small numbers with all their bits in use, so that the order of additions shows. */
  private static float sum(long pixel, int first, int count) {
    return (ModelScene.mix(pixel, ((long) first << 32) | count) >>> 40) * 0x1p-20f;
  }
}
