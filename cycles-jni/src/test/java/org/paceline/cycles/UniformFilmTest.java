// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.paceline.api.Film;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmUpdate;
import org.paceline.api.NativeMemory;

/** Pixels of a film that is being filled are divided by the samples that they hold. */
class UniformFilmTest {
  /** Two pixels of which each has other samples whenever it is asked. */
  private static final class Filling implements Film, AutoCloseable {
    private final NativeMemory memory = NativeMemory.allocateZeroed(2 * 16);
    private int samples;

    @Override
    public int width() {
      return 2;
    }

    @Override
    public int height() {
      return 1;
    }

    @Override
    public FilmLayout layout() {
      return FilmLayout.combined();
    }

    @Override
    public NativeMemory memory() {
      return memory;
    }

    @Override
    public int samples(int x, int y) {
      return ++samples;
    }

    @Override
    public float get(int x, int y, int component) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public float mean(int x, int y, int component) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public boolean isFinal() {
      return false;
    }

    @Override
    public FilmUpdate snapshot(NativeMemory target, FilmUpdate since) {
      for (int i = 0; i < 4; i++) {
        target.putFloat(4L * i, 2);
        target.putFloat(16 + 4L * i, 8);
      }
      return new FilmUpdate(
          1, 1, 2, List.of(new FilmUpdate.Rect(0, 0, 1, 1, 2), new FilmUpdate.Rect(1, 0, 1, 1, 8)));
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  @Test
  void samplesAreThoseOfTheSnapshot() {
    try (Filling film = new Filling();
        UniformFilm uniform = UniformFilm.of(film)) {
      assertEquals(8, uniform.samples());
      assertTrue(uniform.owned());
      for (int i = 0; i < 8; i++) {
        assertEquals(8, uniform.memory().getFloat(4L * i), "float " + i);
      }
    }
  }
}
