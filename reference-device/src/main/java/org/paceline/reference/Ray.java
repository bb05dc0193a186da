// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

/** A ray, the nearest hit found so far, and the stack that finds it. */
final class Ray {
  final Vec origin = new Vec();
  final Vec direction = new Vec();
  final int[] stack = new int[Bvh.MAX_DEPTH + 1];

  /** Hits are looked for nearer than this, in lengths of the direction. */
  float distance;

  /** Leaf slot of the triangle that was hit, or -1. */
  int slot;

  /** Barycentric weights of the second and third corner. */
  float u;

  float v;

  /**
   * Starts at a point on a surface, a few rounding errors off to the side of its normal.
   *
   * @see "Wächter and Binder, A Fast and Robust Method for Avoiding Self-Intersection, Ray Tracing
   *     Gems, 2019"
   */
  void startAt(Vec point, Vec normal) {
    origin.set(offset(point.x, normal.x), offset(point.y, normal.y), offset(point.z, normal.z));
  }

  private static float offset(float p, float n) {
    if (Math.abs(p) < 1f / 32) {
      return p + n * (1f / 65536);
    }
    int ulps = (int) (n * 256);
    return Float.intBitsToFloat(Float.floatToRawIntBits(p) + (p < 0 ? -ulps : ulps));
  }
}
