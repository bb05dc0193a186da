// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/**
 * The accumulated render buffer of a job: sums over samples, laid out as {@link FilmLayout} says.
 *
 * <p>Any thread may read it at any time, also while the job fills it. {@link #get}, {@link #mean}
 * and {@link #samples} are right by themselves: a mean is that of a whole number of sample blocks.
 * Two calls may see different blocks. For pixels that belong together take a {@link #snapshot}.
 *
 * <p>A film is valid until its job or its session is closed, whichever is first. Afterwards its
 * methods that read pixels throw {@link IllegalStateException}, and so does a call that the closing
 * meets. Once {@link RenderJob#await} has returned a terminal state the film no longer changes.
 */
public interface Film {
  /** Width in pixels. */
  int width();

  /** Height in pixels. */
  int height();

  /** What a pixel consists of. */
  FilmLayout layout();

  /**
   * The film's own memory, not copied: {@code height} rows of {@code width} pixels of {@code
   * layout().stride()} floats, lowest y first. While the job runs, pixels are added to between two
   * reads of it; use {@link #snapshot} then. Closing it does nothing.
   */
  NativeMemory memory();

  /** Samples merged into a pixel so far. */
  int samples(int x, int y);

  /** One stored value (a sum over {@link #samples}, for a summed pass). */
  float get(int x, int y, int component);

  /** One value of a summed pass divided by the number of samples merged; 0 where there are none. */
  float mean(int x, int y, int component);

  /** Whether the film no longer changes. */
  default boolean isFinal() {
    return true;
  }

  /**
   * Copies what has changed since another snapshot. The pixels of a rectangle belong together: all
   * hold the sums over {@code samples} samples. Snapshots don't hold up the render. Several threads
   * may take them at once, each into its own memory.
   *
   * @param target as large as {@link #memory()} and laid out like it; only the {@link
   *     FilmUpdate#dirty} rectangles are written
   * @param since the last snapshot that was copied into {@code target}. Null, or one of another
   *     film, copies all pixels
   * @return what was copied. What changes meanwhile may be copied now and again the next time
   * @throws IllegalArgumentException if {@code target} has another length
   * @throws IllegalStateException if the film or {@code target} is closed
   */
  FilmUpdate snapshot(NativeMemory target, FilmUpdate since);
}
