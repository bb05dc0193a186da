// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import org.paceline.api.NativeMemory;

/** A point, a direction or a linear RGB colour as the host describes it. */
public record Vec3(float x, float y, float z) {
  /** Length of {@link #get} in memory: three floats. */
  static final int BYTES = 3 * Float.BYTES;

  static Vec3 get(NativeMemory memory, long offset) {
    return new Vec3(
        memory.getFloat(offset), memory.getFloat(offset + 4), memory.getFloat(offset + 8));
  }

  void put(NativeMemory memory, long offset) {
    memory.putFloat(offset, x);
    memory.putFloat(offset + 4, y);
    memory.putFloat(offset + 8, z);
  }

  /** Sum. */
  public Vec3 plus(Vec3 that) {
    return new Vec3(x + that.x, y + that.y, z + that.z);
  }

  /** Difference. */
  public Vec3 minus(Vec3 that) {
    return new Vec3(x - that.x, y - that.y, z - that.z);
  }

  /** Product with a number. */
  public Vec3 times(float factor) {
    return new Vec3(x * factor, y * factor, z * factor);
  }

  /** Cross product. */
  public Vec3 cross(Vec3 that) {
    return new Vec3(y * that.z - z * that.y, z * that.x - x * that.z, x * that.y - y * that.x);
  }

  /** Euclidean length. */
  public float length() {
    return (float) Math.sqrt(x * x + y * y + z * z);
  }

  /** The same direction with length 1; a zero vector becomes NaN. */
  public Vec3 normalized() {
    return times(1 / length());
  }

  /** Throws unless every component is in {@code [low, high]}; NaN is in no range. */
  void check(String what, float low, float high) {
    Checks.range(what, x, low, high);
    Checks.range(what, y, low, high);
    Checks.range(what, z, low, high);
  }
}
