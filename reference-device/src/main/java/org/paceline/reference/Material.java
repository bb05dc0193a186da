// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.util.List;
import java.util.Objects;
import org.paceline.api.NativeMemory;

/**
 * How a surface looks. In the buffer {@code materials} each takes {@value #BYTES} bytes: kind
 * (int), colour, roughness, emission, ior, second colour, checker size; the rest is zero.
 *
 * @param kind how it scatters
 * @param colour share of the light that is scattered, 0..1
 * @param roughness of a metal, 0 (mirror) to 1
 * @param emission radiance that both sides emit
 * @param ior index of refraction of glass and of a clear coat, 1..4
 * @param secondColour of the other fields of a checker
 * @param checkerSize edge of a checker's cube in world units, 0 for none
 */
public record Material(
    Kind kind,
    Vec3 colour,
    float roughness,
    Vec3 emission,
    float ior,
    Vec3 secondColour,
    float checkerSize) {
  static final int BYTES = 64;

  /** Brightest emission per channel. */
  static final float MAX_EMISSION = 1e6f;

  /** How a surface scatters light. */
  public enum Kind {
    /** Lambert. */
    DIFFUSE,
    /** GGX reflection tinted by the colour. */
    METAL,
    /** A smooth dielectric; the colour tints what passes. */
    GLASS,
    /** Lambert under a smooth clear coat: glazed ceramic, polished stone. */
    COATED
  }

  /** A kind's position is its number in memory. */
  private static final List<Kind> KINDS =
      List.of(Kind.DIFFUSE, Kind.METAL, Kind.GLASS, Kind.COATED);

  private static final Vec3 BLACK = new Vec3(0, 0, 0);

  /** Validates. */
  public Material {
    Objects.requireNonNull(kind, "kind");
    colour.check("material colour", 0, 1);
    secondColour.check("material second colour", 0, 1);
    emission.check("material emission", 0, MAX_EMISSION);
    Checks.range("material roughness", roughness, 0, 1);
    Checks.range("material ior", ior, 1, 4);
    if (checkerSize != 0) {
      Checks.range("material checker size", checkerSize, 1e-3f, Checks.MAX_COORDINATE);
    }
  }

  /** A matte surface. */
  public static Material diffuse(Vec3 colour) {
    return new Material(Kind.DIFFUSE, colour, 0, BLACK, 1.5f, BLACK, 0);
  }

  /** A metal. */
  public static Material metal(Vec3 colour, float roughness) {
    return new Material(Kind.METAL, colour, roughness, BLACK, 1.5f, BLACK, 0);
  }

  /** Glass. */
  public static Material glass(Vec3 colour, float ior) {
    return new Material(Kind.GLASS, colour, 0, BLACK, ior, BLACK, 0);
  }

  /** A glazed surface. */
  public static Material coated(Vec3 colour) {
    return new Material(Kind.COATED, colour, 0, BLACK, 1.5f, BLACK, 0);
  }

  /** A black surface that shines. */
  public static Material emissive(Vec3 radiance) {
    return new Material(Kind.DIFFUSE, BLACK, 0, radiance, 1.5f, BLACK, 0);
  }

  /** This material with fields of a second colour. */
  public Material checkered(Vec3 second, float size) {
    return new Material(kind, colour, roughness, emission, ior, second, size);
  }

  /** This material, emitting. */
  public Material glowing(Vec3 radiance) {
    return new Material(kind, colour, roughness, radiance, ior, secondColour, checkerSize);
  }

  static Material get(NativeMemory memory, long offset) {
    int kind = memory.getInt(offset);
    Checks.range("material kind", kind, 0, KINDS.size() - 1);
    return new Material(
        KINDS.get(kind),
        Vec3.get(memory, offset + 4),
        memory.getFloat(offset + 16),
        Vec3.get(memory, offset + 20),
        memory.getFloat(offset + 32),
        Vec3.get(memory, offset + 36),
        memory.getFloat(offset + 48));
  }

  void put(NativeMemory memory, long offset) {
    memory.zero(offset, BYTES);
    memory.putInt(offset, KINDS.indexOf(kind));
    colour.put(memory, offset + 4);
    memory.putFloat(offset + 16, roughness);
    emission.put(memory, offset + 20);
    memory.putFloat(offset + 32, ior);
    secondColour.put(memory, offset + 36);
    memory.putFloat(offset + 48, checkerSize);
  }

  /** The colour at a point: fields alternate along x, y and z. */
  Vec3 colourAt(float x, float y, float z) {
    if (checkerSize == 0) {
      return colour;
    }
    // Half a field off in y, so that a floor at y = 0 doesn't lie on a border between fields.
    int field =
        (int) Math.floor(x / checkerSize)
            + (int) Math.floor(y / checkerSize + 0.5f)
            + (int) Math.floor(z / checkerSize);
    return (field & 1) == 0 ? colour : secondColour;
  }

  /** Relative luminance of the emission (ITU-R BT.709), 0 for surfaces that don't shine. */
  float emittedLuminance() {
    return 0.2126f * emission.x() + 0.7152f * emission.y() + 0.0722f * emission.z();
  }
}
