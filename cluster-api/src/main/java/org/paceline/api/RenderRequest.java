// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.Objects;

/**
 * What to render of the committed generation.
 *
 * @param width film width in pixels, 1..65536
 * @param height film height in pixels, 1..65536
 * @param samples samples per pixel, 1..2^24
 * @param layout what a pixel of the film consists of; must be what the device renders for this
 *     scene
 */
public record RenderRequest(int width, int height, int samples, FilmLayout layout) {
  /** Largest width and height. */
  public static final int MAX_SIDE = 65_536;

  /** Most samples per pixel. */
  public static final int MAX_SAMPLES = 1 << 24;

  /** Validates. */
  public RenderRequest {
    Objects.requireNonNull(layout, "layout");
    check("width", width, MAX_SIDE);
    check("height", height, MAX_SIDE);
    check("samples", samples, MAX_SAMPLES);
  }

  private static void check(String what, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(what + "=" + value + " is not in 1.." + max);
    }
  }
}
