// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/**
 * The unit of scheduling: samples {@code [firstSample, firstSample + sampleCount)} of the pixels
 * {@code [x, x + width) x [y, y + height)} of one generation of the scene. Rendering the same unit
 * again gives the same pass.
 */
public record WorkUnit(
    long generation, int x, int y, int width, int height, int firstSample, int sampleCount) {
  /** Pixels in the rectangle. */
  public long pixels() {
    return (long) width * height;
  }

  /** Pixels times samples. */
  public long pixelSamples() {
    return pixels() * sampleCount;
  }

  /** Coordinates are multiples of a power of two: a sum of multiples would crowd a hash table. */
  @Override
  public int hashCode() {
    long place = ((long) x << 40) ^ ((long) y << 20) ^ firstSample;
    long extent = ((long) width << 40) ^ ((long) height << 20) ^ sampleCount;
    long mixed = (place ^ (extent + generation) * 0xBF58476D1CE4E5B9L) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }
}
