// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.List;

/**
 * What a snapshot of a film brought: see {@link Film#snapshot}.
 *
 * @param generation generation of the scene that is rendered
 * @param sequence grows with every change of the film; to be given back with the next snapshot
 * @param minSamples samples that every pixel of the film has at least
 * @param dirty the rectangles that were copied; they don't overlap
 */
public record FilmUpdate(long generation, long sequence, int minSamples, List<Rect> dirty) {
  /** A copy that nobody changes. */
  public FilmUpdate {
    dirty = List.copyOf(dirty);
  }

  /**
   * Pixels {@code [x, x + width) x [y, y + height)} of a film.
   *
   * @param samples samples that are in the sums of each of these pixels
   */
  public record Rect(int x, int y, int width, int height, int samples) {}
}
