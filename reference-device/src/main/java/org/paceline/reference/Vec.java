// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

/** A vector in registers' stead: fields that the render loop changes without allocating. */
final class Vec {
  private static final float HALF_PI = 1.5707964f;

  float x;
  float y;
  float z;

  Vec set(float newX, float newY, float newZ) {
    x = newX;
    y = newY;
    z = newZ;
    return this;
  }

  Vec set(Vec3 that) {
    return set(that.x(), that.y(), that.z());
  }

  Vec set(Vec that) {
    return set(that.x, that.y, that.z);
  }

  Vec scale(float factor) {
    return set(x * factor, y * factor, z * factor);
  }

  Vec scale(Vec factor) {
    return set(x * factor.x, y * factor.y, z * factor.z);
  }

  /** Adds {@code factor * that}. */
  Vec add(float factor, Vec that) {
    return set(x + factor * that.x, y + factor * that.y, z + factor * that.z);
  }

  Vec add(float factor, Vec3 that) {
    return set(x + factor * that.x(), y + factor * that.y(), z + factor * that.z());
  }

  float dot(Vec that) {
    return x * that.x + y * that.y + z * that.z;
  }

  float max() {
    return Math.max(x, Math.max(y, z));
  }

  Vec normalize() {
    return scale(1 / (float) Math.sqrt(dot(this)));
  }

  /** Reflects {@code -view} at the plane with this normal, into {@code result}. */
  void reflect(Vec view, Vec result) {
    float twice = 2 * dot(view);
    result.set(twice * x - view.x, twice * y - view.y, twice * z - view.z);
  }

  /** Becomes (r cos 2πu, r sin 2πu, height), with the same bits on every machine. */
  Vec circle(float u, float r, float height) {
    int quadrant = (int) (4 * u + 0.5f);
    float angle = (4 * u - quadrant) * HALF_PI;
    float s = angle * angle;
    // Taylor series; |angle| <= π/4 leaves an error below the float's last bit or two.
    float sin = angle * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72))));
    float cos = 1 - s / 2 * (1 - s / 12 * (1 - s / 30 * (1 - s / 56)));
    return switch (quadrant & 3) {
      case 0 -> set(r * cos, r * sin, height);
      case 1 -> set(-r * sin, r * cos, height);
      case 2 -> set(-r * cos, -r * sin, height);
      default -> set(r * sin, -r * cos, height);
    };
  }

  /** Becomes a point on the unit sphere, uniform for uniform u and v. */
  Vec sphere(float u, float v) {
    float height = 1 - 2 * v;
    return circle(u, (float) Math.sqrt(Math.max(0, 1 - height * height)), height);
  }
}
