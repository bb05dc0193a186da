// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

/** The quick start's picture: a gilded knot, glass and glazed clay at dusk. */
final class QuickStart {
  private static final Material FLOOR =
      Material.coated(new Vec3(0.5f, 0.42f, 0.33f)).checkered(new Vec3(0.13f, 0.1f, 0.09f), 0.8f);
  private static final Material GOLD = Material.metal(new Vec3(1f, 0.72f, 0.31f), 0.22f);
  private static final Material COPPER = Material.metal(new Vec3(0.96f, 0.53f, 0.38f), 0.1f);
  private static final Material GLASS = Material.glass(new Vec3(0.97f, 0.99f, 1f), 1.5f);
  private static final Material TEAL = Material.coated(new Vec3(0.02f, 0.33f, 0.36f));
  private static final Material[] BEADS = {
    Material.coated(new Vec3(0.75f, 0.12f, 0.06f)),
    Material.coated(new Vec3(0.85f, 0.45f, 0.07f)),
    Material.coated(new Vec3(0.05f, 0.25f, 0.45f)),
    Material.diffuse(new Vec3(0.8f, 0.74f, 0.66f)),
    COPPER,
    GLASS,
    Material.emissive(new Vec3(14f, 7f, 2.4f)),
  };

  private QuickStart() {}

  static ReferenceScene scene() {
    Camera camera =
        new Camera(
            new Vec3(0.6f, 1.75f, 7.6f),
            new Vec3(0.05f, 1.3f, 0.55f),
            new Vec3(0, 1, 0),
            960,
            540,
            0.27f,
            0.085f);
    Settings settings =
        new Settings(
            new Vec3(0.01f, 0.07f, 0.22f),
            new Vec3(0.75f, 0.4f, 0.2f),
            new Vec3(0.12f, 0.10f, 0.10f),
            12,
            3,
            1);
    ReferenceScene.Builder scene = new ReferenceScene.Builder(camera, settings);
    scene.add(
        Mesh.parallelogram(new Vec3(-200, 0, 200), new Vec3(400, 0, 0), new Vec3(0, 0, -400)),
        FLOOR);
    scene.add(
        Mesh.parallelogram(
            new Vec3(-6.5f, 6.5f, 1), new Vec3(2.2f, 0, -3), new Vec3(2, 2.2f, 1.5f)),
        Material.emissive(new Vec3(46, 35, 23)));
    scene.add(Mesh.knot(new Vec3(0, 1.52f, -0.2f), 0.87f, 0.26f, 480, 32), GOLD);
    scene.add(Mesh.sphere(new Vec3(-1.85f, 0.75f, 1.1f), 0.75f, 48), GLASS);
    scene.add(vase(new Vec3(2.25f, 0, -0.7f)), TEAL);
    scene.add(Mesh.sphere(new Vec3(1.35f, 0.36f, 1.55f), 0.36f, 32), COPPER);
    addBeads(scene);
    return scene.build();
  }

  /** A vase with twisted ribs, open at the top. */
  private static Mesh vase(Vec3 foot) {
    return Mesh.of(
        128,
        64,
        true,
        false,
        (u, v) -> {
          float belly = 0.42f + 0.4f * Mesh.sin(0.07f + 0.62f * v) + 0.12f * v * v;
          float radius = belly * (1 + 0.045f * Mesh.cos(14 * u + 1.6f * v));
          return foot.plus(new Vec3(radius * Mesh.cos(u), 2.1f * v, -radius * Mesh.sin(u)));
        });
  }

  /** Small spheres on a sunflower's spiral, around what stands in the middle. */
  private static void addBeads(ReferenceScene.Builder scene) {
    for (int i = 14; i < 90; i++) {
      float turn = i * 0.381966f;
      float distance = 0.62f * (float) Math.sqrt(i);
      float radius = 0.09f + 0.05f * ((i * 7) % 5) / 4;
      Vec3 centre = new Vec3(distance * Mesh.cos(turn), radius, distance * Mesh.sin(turn) - 0.3f);
      scene.add(Mesh.sphere(centre, radius, 10), BEADS[i % BEADS.length]);
    }
  }
}
