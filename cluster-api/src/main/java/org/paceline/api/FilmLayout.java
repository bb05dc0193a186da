// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.List;

/**
 * What one pixel of a film consists of: {@code stride} floats, divided into passes. Floats that no
 * pass covers are summed, so a renderer's padding and helper passes need no entry. Immutable.
 *
 * <p>A film, and the memory of a pass, is {@code height} rows from the lowest y up, each of {@code
 * width} pixels of {@code stride} 32-bit values in native byte order, without gaps.
 *
 * @param stride floats per pixel
 * @param passes the passes, not overlapping
 */
public record FilmLayout(int stride, List<FilmPass> passes) {
  /** Most floats a pixel may have. */
  public static final int MAX_STRIDE = 1024;

  /** Validates. */
  public FilmLayout {
    passes = List.copyOf(passes);
    if (stride < 1 || stride > MAX_STRIDE) {
      throw new IllegalArgumentException("stride=" + stride + " is not in 1.." + MAX_STRIDE);
    }
    boolean[] taken = new boolean[stride];
    for (FilmPass pass : passes) {
      for (int i = pass.offset(); i < pass.offset() + pass.components(); i++) {
        if (i >= stride) {
          throw new IllegalArgumentException(
              "pass " + pass.name() + " reaches past the stride of " + stride);
        }
        if (taken[i]) {
          throw new IllegalArgumentException(
              "pass " + pass.name() + " overlaps another at float " + i);
        }
        taken[i] = true;
      }
    }
  }

  /** A film with nothing but a summed RGBA pass named {@code combined}. */
  public static FilmLayout combined() {
    return new FilmLayout(4, List.of(new FilmPass("combined", 0, 4, MergeRule.SUM)));
  }

  /**
   * Bytes of a rectangle of pixels.
   *
   * @throws IllegalArgumentException if there are more than a {@code long} holds, or a side is
   *     negative
   */
  public long lengthBytes(int width, int height) {
    if (width < 0 || height < 0) {
      throw new IllegalArgumentException("width=" + width + " height=" + height + " is negative");
    }
    try {
      return Math.multiplyExact((long) width * height, (long) stride * Float.BYTES);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          width + "x" + height + " pixels of " + stride + " floats can't be addressed", e);
    }
  }

  /**
   * The pass with a name.
   *
   * @throws IllegalArgumentException listing the names there are
   */
  public FilmPass pass(String name) {
    for (FilmPass pass : passes) {
      if (pass.name().equals(name)) {
        return pass;
      }
    }
    throw new IllegalArgumentException(
        "no pass '"
            + name
            + "' in this film; it has "
            + passes.stream().map(FilmPass::name).toList());
  }
}
