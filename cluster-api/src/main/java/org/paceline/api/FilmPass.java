// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.Objects;

/**
 * One render pass inside a film.
 *
 * @param name for example {@code combined} or {@code depth}
 * @param offset first float of the pass inside a pixel
 * @param components floats per pixel
 * @param rule how samples merge
 */
public record FilmPass(String name, int offset, int components, MergeRule rule) {
  /** Validates. */
  public FilmPass {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(rule, "rule");
    if (offset < 0 || components < 1) {
      throw new IllegalArgumentException(
          "pass " + name + ": offset=" + offset + " components=" + components + " can't be");
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
