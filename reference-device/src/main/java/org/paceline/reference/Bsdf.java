// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

/**
 * How the surface at a hit scatters light: directions point away from the surface, the normal lies
 * on the viewer's side. One object per thread is prepared for hit after hit.
 *
 * <p>GGX with the masking of Heitz, "Understanding the Masking-Shadowing Function", JCGT 3(2),
 * 2014; visible normals sampled after Dupuy and Benyoub, "Sampling Visible GGX Normals with
 * Spherical Caps", 2023; tangent frame of Duff et al., "Building an Orthonormal Basis, Revisited",
 * JCGT 6(1), 2017.
 */
final class Bsdf {
  private static final float INVERSE_PI = 0.31830987f;
  private static final float SMOOTH = 0.03f;

  /** After {@link #sample}: f · cos / pdf; after {@link #evaluate}: f · cos. */
  final Vec weight = new Vec();

  /** Density per steradian of the direction; 0 after sampling a mirror direction. */
  float pdf;

  private final Vec view = new Vec();
  private final Vec normal = new Vec();
  private final Vec half = new Vec();
  private final Vec local = new Vec();
  private Material material;
  private Vec3 colour;
  private boolean entering;
  private float cosView;
  private float coat;
  private float alpha;

  /** Prepares for a hit, seen from {@code newView}. */
  void prepare(Material at, Vec3 colourThere, Vec newView, Vec newNormal, boolean fromOutside) {
    material = at;
    colour = colourThere;
    view.set(newView);
    normal.set(newNormal);
    entering = fromOutside;
    cosView = normal.dot(view);
    coat = at.kind() == Material.Kind.COATED ? fresnel(cosView, at.ior()) : 0;
    alpha = at.roughness() * at.roughness();
  }

  /** True if only single directions scatter, so that sampling lights is in vain. */
  boolean smooth() {
    return switch (material.kind()) {
      case DIFFUSE, COATED -> false;
      case METAL -> material.roughness() < SMOOTH;
      case GLASS -> true;
    };
  }

  /** Sets weight and pdf for a given direction; false if nothing goes there. */
  boolean evaluate(Vec direction) {
    float cos = normal.dot(direction);
    if (cos <= 0) {
      return false;
    }
    if (material.kind() != Material.Kind.METAL) {
      pdf = (1 - coat) * cos * INVERSE_PI;
      weight.set(colour.x(), colour.y(), colour.z()).scale(pdf);
      return true;
    }
    half.set(view).add(1, direction).normalize();
    float cosHalf = normal.dot(half);
    float a2 = alpha * alpha;
    float spread = cosHalf * cosHalf * (a2 - 1) + 1;
    float density = a2 * INVERSE_PI / (spread * spread);
    float g1 = masking(cosView);
    pdf = density * g1 / (4 * cosView);
    metalFresnel(view.dot(half));
    weight.scale(density * bothMasking(cos) / (4 * cosView));
    return true;
  }

  /** Chooses a direction and sets weight and pdf; false if the light is absorbed. */
  boolean sample(Sampler random, Vec direction) {
    float choice = random.next();
    float u = random.next();
    float v = random.next();
    switch (material.kind()) {
      case METAL -> {
        return smooth() ? mirror(direction) : glossy(u, v, direction);
      }
      case GLASS -> {
        return glass(choice, direction);
      }
      default -> {
        if (choice < coat) {
          normal.reflect(view, direction);
          weight.set(1, 1, 1);
          pdf = 0;
          return true;
        }
        // A point on the sphere around the normal's tip is distributed as the cosine.
        direction.sphere(u, v).add(1, normal);
        if (direction.dot(direction) < 1e-8f) {
          return false;
        }
        direction.normalize();
        weight.set(colour);
        pdf = (1 - coat) * Math.max(0, normal.dot(direction)) * INVERSE_PI;
        return pdf > 0;
      }
    }
  }

  private boolean mirror(Vec direction) {
    normal.reflect(view, direction);
    metalFresnel(cosView);
    pdf = 0;
    return true;
  }

  private boolean glossy(float u, float v, Vec direction) {
    float sign = normal.z < 0 ? -1 : 1;
    float a = -1 / (sign + normal.z);
    float b = normal.x * normal.y * a;
    float tx = 1 + sign * normal.x * normal.x * a;
    float ty = sign * b;
    float tz = -sign * normal.x;
    float by = sign + normal.y * normal.y * a;
    float bz = -normal.y;
    float viewX = alpha * (tx * view.x + ty * view.y + tz * view.z);
    float viewY = alpha * (b * view.x + by * view.y + bz * view.z);
    float scale = 1 / (float) Math.sqrt(viewX * viewX + viewY * viewY + cosView * cosView);
    float height = 1 - v - v * cosView * scale;
    local.circle(u, (float) Math.sqrt(Math.max(0, 1 - height * height)), height);
    float hx = alpha * (local.x + viewX * scale);
    float hy = alpha * (local.y + viewY * scale);
    float hz = local.z + cosView * scale;
    half.set(
            tx * hx + b * hy + normal.x * hz,
            ty * hx + by * hy + normal.y * hz,
            tz * hx + bz * hy + normal.z * hz)
        .normalize();
    half.reflect(view, direction);
    if (!evaluate(direction)) {
      return false;
    }
    weight.scale(1 / pdf);
    return true;
  }

  private boolean glass(float choice, Vec direction) {
    float eta = entering ? 1 / material.ior() : material.ior();
    pdf = 0;
    if (choice < fresnel(cosView, 1 / eta)) {
      normal.reflect(view, direction);
      weight.set(1, 1, 1);
      return true;
    }
    float cosInside = (float) Math.sqrt(Math.max(0, 1 - eta * eta * (1 - cosView * cosView)));
    direction.set(normal).scale(eta * cosView - cosInside).add(-eta, view).normalize();
    weight.set(colour);
    return true;
  }

  /** Schlick's approximation, into the weight. */
  private void metalFresnel(float cos) {
    float m = Math.max(0, 1 - cos);
    float edge = m * m * m * m * m;
    weight.set(
        colour.x() + (1 - colour.x()) * edge,
        colour.y() + (1 - colour.y()) * edge,
        colour.z() + (1 - colour.z()) * edge);
  }

  /** Unpolarized reflectance of a dielectric; {@code ior} is that of the far side to the near. */
  private static float fresnel(float cos, float ior) {
    float sine2 = (1 - cos * cos) / (ior * ior);
    if (sine2 >= 1) {
      return 1;
    }
    float far = (float) Math.sqrt(1 - sine2);
    float parallel = (ior * cos - far) / (ior * cos + far);
    float perpendicular = (cos - ior * far) / (cos + ior * far);
    return 0.5f * (parallel * parallel + perpendicular * perpendicular);
  }

  private float masking(float cos) {
    return 2 * cos / (cos + slope(cos));
  }

  private float bothMasking(float cos) {
    return 2 * cos * cosView / (cosView * slope(cos) + cos * slope(cosView));
  }

  private float slope(float cos) {
    float a2 = alpha * alpha;
    return (float) Math.sqrt(a2 + (1 - a2) * cos * cos);
  }
}
