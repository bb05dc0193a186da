// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import org.paceline.api.NativeMemory;

/** What scenes that are only sent are made of. */
final class SceneBytes {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private SceneBytes() {}

  /** Fills memory so that no two chunks are alike, nor two scenes of different seeds. */
  static void fill(NativeMemory memory, int seed) {
    long state = seed * GOLDEN_RATIO;
    for (long at = 0; at + 8 <= memory.lengthBytes(); at += 8) {
      state += GOLDEN_RATIO;
      memory.putLong(at, state ^ (state >>> 29));
    }
  }
}
