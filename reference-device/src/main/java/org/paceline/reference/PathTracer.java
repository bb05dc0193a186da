// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.util.function.BooleanSupplier;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;

/**
 * One thread's path tracer: unidirectional, with a point on an emissive triangle sampled at every
 * hit. Both ways of finding a light are weighted by the balance heuristic (Veach and Guibas,
 * "Optimally Combining Sampling Techniques", SIGGRAPH 1995); long paths end by Russian roulette.
 * Renders without allocating.
 */
final class PathTracer {
  /** Floats per pixel: RGB, alpha, depth. */
  static final int STRIDE = 5;

  /** Depth where the sky is seen; what Cycles writes. */
  static final float SKY_DEPTH = 1e10f;

  private static final int FIRST_ROULETTE = 3;

  private final Geometry geometry;
  private final Bvh bvh;
  private final Camera camera;
  private final Settings settings;
  private final Sampler random = new Sampler();
  private final Bsdf bsdf = new Bsdf();
  private final Ray ray = new Ray();
  private final Ray shadow = new Ray();

  private final Vec forward = new Vec();
  private final Vec right = new Vec();
  private final Vec up = new Vec();
  private final float focus;

  private final Vec point = new Vec();
  private final Vec face = new Vec();
  private final Vec normal = new Vec();
  private final Vec view = new Vec();
  private final Vec lightNormal = new Vec();
  private final Vec throughput = new Vec();
  private final Vec light = new Vec();
  private final Vec radiance = new Vec();
  private float depth;

  PathTracer(Geometry geometry, Camera camera, Settings settings) {
    this.geometry = geometry;
    this.bvh = geometry.bvh;
    this.camera = camera;
    this.settings = settings;
    Vec3 axis = camera.target().minus(camera.position());
    Vec3 side = axis.cross(camera.up()).normalized();
    focus = axis.length();
    forward.set(axis.normalized());
    right.set(side);
    up.set(side.cross(axis).normalized());
  }

  /**
   * Renders all samples of one pixel of a unit.
   *
   * @param pixel number in the unit's rectangle, row by row
   * @param cancelled asked between samples
   */
  void render(WorkUnit unit, long pixel, NativeMemory pass, BooleanSupplier cancelled) {
    int x = unit.x() + (int) (pixel % unit.width());
    int y = unit.y() + (int) (pixel / unit.width());
    float red = 0;
    float green = 0;
    float blue = 0;
    float firstDepth = 0;
    for (int i = 0; i < unit.sampleCount(); i++) {
      if (cancelled.getAsBoolean()) {
        return;
      }
      int sample = unit.firstSample() + i;
      trace(x, y, sample);
      red += radiance.x;
      green += radiance.y;
      blue += radiance.z;
      if (sample == 0) {
        firstDepth = depth;
      }
    }
    long at = pixel * STRIDE * Float.BYTES;
    pass.putFloat(at, red);
    pass.putFloat(at + 4, green);
    pass.putFloat(at + 8, blue);
    pass.putFloat(at + 12, unit.sampleCount());
    pass.putFloat(at + 16, firstDepth);
  }

  /** Traces one path; sets radiance and depth. */
  private void trace(int x, int y, int sample) {
    random.start(x, y, sample, settings.seed());
    startRay(x, y);
    radiance.set(0, 0, 0);
    throughput.set(1, 1, 1);
    depth = SKY_DEPTH;
    float pdf = 0;
    for (int bounce = 0; ; bounce++) {
      ray.distance = Float.POSITIVE_INFINITY;
      if (!bvh.intersect(ray, false)) {
        sky(ray.direction, light);
        add(light, bounce);
        return;
      }
      if (bounce == 0) {
        depth = ray.distance;
      }
      bvh.cross(ray.slot, face);
      face.normalize();
      Material material = geometry.material(ray.slot);
      if (material.emittedLuminance() > 0) {
        float found = lightPdf(material, ray.distance, face.dot(ray.direction));
        light.set(material.emission()).scale(pdf > 0 ? pdf / (pdf + found) : 1);
        add(light, bounce);
      }
      if (bounce == settings.maxBounces() || !scatter(material, bounce)) {
        return;
      }
      pdf = bsdf.pdf;
      if (bounce >= FIRST_ROULETTE) {
        float survival = Math.min(0.98f, throughput.max());
        if (random.next() >= survival) {
          return;
        }
        throughput.scale(1 / survival);
      }
    }
  }

  /** Through the pixel with a tent filter, from a point on the lens. */
  private void startRay(int x, int y) {
    float scale = 2 * camera.tanHalfHeight() / camera.height();
    float dx = (x + 0.5f + tent(random.next()) - 0.5f * camera.width()) * scale;
    float dy = (y + 0.5f + tent(random.next()) - 0.5f * camera.height()) * scale;
    // The lens' point, in units of the distance in focus.
    light.circle(random.next(), camera.lensRadius() / focus * (float) Math.sqrt(random.next()), 0);
    ray.direction.set(forward).add(dx - light.x, right).add(dy - light.y, up).normalize();
    ray.origin.set(camera.position()).add(light.x * focus, right).add(light.y * focus, up);
  }

  private static float tent(float u) {
    return u < 0.5f ? (float) Math.sqrt(2 * u) - 1 : 1 - (float) Math.sqrt(2 - 2 * u);
  }

  /** Gathers light at a hit and lets the ray go on from there; false if the path ends. */
  private boolean scatter(Material material, int bounce) {
    bvh.point(ray.slot, ray.u, ray.v, point);
    view.set(ray.direction).scale(-1);
    boolean outside = face.dot(view) >= 0;
    if (!outside) {
      face.scale(-1);
    }
    if (geometry.smoothNormal(ray, normal)) {
      if (!outside) {
        normal.scale(-1);
      }
    } else {
      normal.set(face);
    }
    if (!(normal.dot(view) > 1e-3f)) {
      normal.set(face);
    }
    Vec3 colour = material.colourAt(point.x, point.y, point.z);
    bsdf.prepare(material, colour, view, normal, outside);
    if (geometry.hasLights() && !bsdf.smooth()) {
      gather(bounce);
    }
    if (!bsdf.sample(random, ray.direction)) {
      return false;
    }
    throughput.scale(bsdf.weight);
    if (ray.direction.dot(face) < 0) {
      if (material.kind() != Material.Kind.GLASS) {
        return false;
      }
      face.scale(-1);
    }
    ray.startAt(point, face);
    return throughput.max() > 0;
  }

  /** Adds what comes from one point on a light. */
  private void gather(int bounce) {
    int slot = geometry.chooseLight(random.next());
    float root = (float) Math.sqrt(random.next());
    float v = random.next() * root;
    bvh.point(slot, 1 - root, v, shadow.direction);
    bvh.cross(slot, lightNormal);
    shadow.startAt(point, face);
    Vec direction = shadow.direction.add(-1, shadow.origin);
    float distance = (float) Math.sqrt(direction.dot(direction));
    direction.scale(1 / distance);
    if (!(direction.dot(face) > 0) || !bsdf.evaluate(direction)) {
      return;
    }
    shadow.distance = distance * (1 - 1e-4f);
    if (bvh.intersect(shadow, true)) {
      return;
    }
    Material material = geometry.material(slot);
    float pdf = lightPdf(material, distance, lightNormal.normalize().dot(direction));
    light.set(material.emission()).scale(1 / (pdf + bsdf.pdf)).scale(bsdf.weight);
    add(light, bounce + 1);
  }

  /** Density per steradian with which {@link #gather} chooses a point on a light. */
  private float lightPdf(Material material, float distance, float cos) {
    return geometry.lightDensity(material) * distance * distance / Math.abs(cos);
  }

  private void sky(Vec direction, Vec result) {
    float y = direction.y;
    if (y < 0) {
      result.set(settings.ground());
      return;
    }
    float share = (float) Math.sqrt(Math.sqrt(y));
    result.set(settings.horizon()).scale(1 - share).add(share, settings.zenith());
  }

  /** Adds light that arrives at the path's end after so many scatterings. */
  private void add(Vec arriving, int scatterings) {
    float max = arriving.scale(throughput).max();
    if (!(max <= Float.MAX_VALUE)) {
      return; // a light met edge-on: 0 * infinity
    }
    float clamp = settings.indirectClamp();
    float factor = clamp > 0 && scatterings > 1 && max > clamp ? clamp / max : 1;
    radiance.add(factor, arriving);
  }
}
