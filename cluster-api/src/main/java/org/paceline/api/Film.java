// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/**
 * The accumulated render buffer of a job: sums over samples, laid out as {@link FilmLayout} says.
 *
 * <p>While the job runs, the session's thread merges passes into {@link #memory()}; other threads
 * may read it at any time and see a mix of older and newer passes, pixel by pixel. Once {@link
 * RenderJob#await} has returned a terminal state, the film no longer changes. It stays valid until
 * the session is closed.
 */
public interface Film {
  /** Width in pixels. */
  int width();

  /** Height in pixels. */
  int height();

  /** What a pixel consists of. */
  FilmLayout layout();

  /**
   * {@code height} rows of {@code width} pixels of {@code layout().stride()} floats, lowest y
   * first.
   */
  NativeMemory memory();

  /** Samples merged into a pixel so far. */
  int samples(int x, int y);

  /** One stored value (a sum over {@link #samples}, for a summed pass). */
  float get(int x, int y, int component);

  /** One value of a summed pass divided by the number of samples merged; 0 where there are none. */
  float mean(int x, int y, int component);
}
