// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import org.paceline.api.NativeMemory;

/**
 * Sky (from horizon to zenith with the fourth root of the height) and integrator: the constant
 * {@code settings}, {@value #BYTES} bytes in the order of the components.
 *
 * @param zenith radiance of the sky straight up
 * @param horizon radiance of the sky at the horizon
 * @param ground radiance from below
 * @param maxBounces longest path in scatterings, 0..1024
 * @param indirectClamp largest contribution per channel of light that was scattered more than once,
 *     0 for no limit (unbiased)
 * @param seed picks the random numbers
 */
public record Settings(
    Vec3 zenith, Vec3 horizon, Vec3 ground, int maxBounces, float indirectClamp, int seed) {
  static final int BYTES = 3 * Vec3.BYTES + 12;

  /** Validates. */
  public Settings {
    zenith.check("sky zenith", 0, Material.MAX_EMISSION);
    horizon.check("sky horizon", 0, Material.MAX_EMISSION);
    ground.check("sky ground", 0, Material.MAX_EMISSION);
    Checks.range("settings maxBounces", maxBounces, 0, 1024);
    Checks.range("settings indirectClamp", indirectClamp, 0, Material.MAX_EMISSION);
  }

  static Settings get(NativeMemory memory) {
    Checks.length("constant settings", memory.lengthBytes(), BYTES);
    return new Settings(
        Vec3.get(memory, 0),
        Vec3.get(memory, 12),
        Vec3.get(memory, 24),
        memory.getInt(36),
        memory.getFloat(40),
        memory.getInt(44));
  }

  void put(NativeMemory memory) {
    zenith.put(memory, 0);
    horizon.put(memory, 12);
    ground.put(memory, 24);
    memory.putInt(36, maxBounces);
    memory.putFloat(40, indirectClamp);
    memory.putInt(44, seed);
  }
}
