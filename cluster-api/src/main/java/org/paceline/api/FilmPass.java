// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.Objects;

/**
 * One render pass inside a film.
 *
 * @param name for example {@code combined} or {@code depth}
 * @param offset first float of the pass inside a pixel, from 0
 * @param components floats per pixel, from 1; {@code offset + components} is at most {@link
 *     FilmLayout#MAX_STRIDE}
 * @param rule how samples merge
 */
public record FilmPass(String name, int offset, int components, MergeRule rule) {
  /** Validates. */
  public FilmPass {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(rule, "rule");
    if (offset < 0 || components < 1 || (long) offset + components > FilmLayout.MAX_STRIDE) {
      throw new IllegalArgumentException(
          "pass "
              + name
              + ": offset="
              + offset
              + " components="
              + components
              + " is not within a pixel of at most "
              + FilmLayout.MAX_STRIDE
              + " floats");
    }
    if (rule == MergeRule.CRYPTOMATTE && components % 2 != 0) {
      throw new IllegalArgumentException(
          "pass "
              + name
              + ": (id, weight) pairs need an even number of components, not "
              + components);
    }
  }
}
