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
}
