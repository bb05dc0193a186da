// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Light is neither made nor lost: furnaces, where the right answer is known. */
class EnergyTest {
  private static final Vec3 WHITE = new Vec3(1, 1, 1);
  private static final Vec3 BLACK = new Vec3(0, 0, 0);
  private static final Vec3 ORIGIN = new Vec3(0, 0, 0);

  private static float mean(Camera camera, Settings settings, Mesh mesh, Material material) {
    try (ReferenceScene scene =
            new ReferenceScene.Builder(camera, settings).add(mesh, material).build();
        LocalSession session = new LocalSession(2)) {
      scene.push(session, 16, 16);
      session.commit();
      try (LocalSession.Picture picture = session.render(0, 0, 16, 16, 0, 256)) {
        return picture.mean(0);
      }
    }
  }

  private static float inSky(Material material) {
    Camera camera = new Camera(new Vec3(0, 0, 5), ORIGIN, new Vec3(0, 1, 0), 16, 16, 0.15f, 0);
    Settings sky = new Settings(WHITE, WHITE, WHITE, 256, 0, 1);
    return mean(camera, sky, Mesh.sphere(ORIGIN, 1, 64), material);
  }

  private static float inside(Material material) {
    Camera camera = new Camera(ORIGIN, new Vec3(0.2f, 0.3f, 1), new Vec3(0, 1, 0), 16, 16, 1, 0);
    Settings dark = new Settings(BLACK, BLACK, BLACK, 256, 0, 1);
    return mean(camera, dark, Mesh.sphere(ORIGIN, 1, 32), material);
  }

  @Test
  void closedDiffuseFurnaceReachesItsEquilibrium() {
    for (float albedo : new float[] {0, 0.5f, 0.8f}) {
      Material wall = Material.diffuse(new Vec3(albedo, albedo, albedo)).glowing(new Vec3(2, 2, 2));
      float expected = 2 / (1 - albedo);
      assertEquals(expected, inside(wall), 0.015f * expected, "albedo " + albedo);
    }
  }

  @Test
  void whiteDiffuseSphereVanishesInWhiteSky() {
    assertEquals(1, inSky(Material.diffuse(WHITE)), 0.01f);
  }

  @Test
  void glazedWhiteSphereVanishesInWhiteSky() {
    assertEquals(1, inSky(Material.coated(WHITE)), 0.01f);
  }

  @Test
  void clearGlassVanishesInWhiteSky() {
    assertEquals(1, inSky(Material.glass(WHITE, 1.5f)), 0.01f);
  }

  @Test
  void mirrorVanishesInWhiteSkyAndRoughMetalNearly() {
    assertEquals(1, inSky(Material.metal(WHITE, 0)), 0.01f);
    // Light scattered more than once between microfacets is not modelled: rough metal darkens.
    float glossy = inSky(Material.metal(WHITE, 0.4f));
    assertTrue(glossy > 0.95f && glossy <= 1.005f, "roughness 0.4: " + glossy);
  }

  @Test
  void roughestMetalSeenStraightOnHasItsClosedForm() {
    Camera camera = new Camera(new Vec3(0, 0, 5), ORIGIN, new Vec3(0, 1, 0), 16, 16, 1e-3f, 0);
    Settings sky = new Settings(WHITE, WHITE, WHITE, 8, 0, 1);
    Mesh wall = Mesh.parallelogram(new Vec3(-1, -1, 0), new Vec3(2, 0, 0), new Vec3(0, 2, 0));
    // With alpha = 1, G2 / G1 = 2c / (1 + c) and c is uniform in [-1, 1] with nothing below 0: 1 -
    // ln 2.
    float rough = mean(camera, sky, wall, Material.metal(WHITE, 1));
    assertEquals(1 - Math.log(2), rough, 0.005);
  }

  @Test
  void bothWaysOfFindingALightAgree() {
    // A glossy and a matte wall lit by themselves only: wrong weights would be off by tens of %.
    Material metal = Material.metal(new Vec3(0.5f, 0.5f, 0.5f), 0.3f).glowing(WHITE);
    float closed = inside(metal);
    assertTrue(closed > 1.85f && closed < 2.2f, "metal furnace: " + closed);
  }

  @Test
  void sineAndCosineArePrecise() {
    Vec vec = new Vec();
    for (int i = 0; i < 10_000; i++) {
      float u = i / 10_000f;
      vec.circle(u, 1, 0);
      assertEquals(Math.cos(2 * Math.PI * u), vec.x, 4e-7);
      assertEquals(Math.sin(2 * Math.PI * u), vec.y, 4e-7);
    }
  }
}
