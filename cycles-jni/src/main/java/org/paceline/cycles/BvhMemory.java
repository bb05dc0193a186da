// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.util.List;
import java.util.Map;
import org.paceline.api.BufferSpec;

/**
 * How much memory Embree's acceleration structures will take, by the arrays that they are built of:
 * the structure, what its builder needs meanwhile, and the copies of vertices that Cycles hands it.
 */
final class BvhMemory {
  /** Per byte of an array; measured at the height of a build, rounded up. */
  private static final Map<String, Double> PER_BYTE =
      Map.of(
          "tri_vindex", 10.0,
          "tri_vnormal", 3.0,
          "curve_segments", 32.0,
          "curve_keys", 4.0,
          "points", 9.0,
          "attributes_float3", 2.0,
          "objects", 4.0);

  private BvhMemory() {}

  static long estimate(List<BufferSpec> buffers) {
    double bytes = 0;
    for (BufferSpec buffer : buffers) {
      bytes += PER_BYTE.getOrDefault(buffer.name(), 0.0) * buffer.lengthBytes();
    }
    return (long) bytes;
  }
}
