// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.util.Random;

/** Scenes for tests, built call by call. */
final class Scenes {
  static final int WIDTH = 64;
  static final int HEIGHT = 48;

  private static final float FIELD_OF_VIEW = 0.9f;

  private Scenes() {}

  /** Shaders, a sun, a sky, a floor and a camera at the origin that looks along z. */
  static void stage(CyclesSceneBuilder scene) {
    scene.xml(
        """
        <integrator use_adaptive_sampling="false" max_bounce="4"/>
        <shader name="clay"><diffuse_bsdf name="d" color="0.8 0.5 0.3"/>
          <connect from="d bsdf" to="output surface"/></shader>
        <shader name="floor"><diffuse_bsdf name="d" color="0.4 0.5 0.6"/>
          <connect from="d bsdf" to="output surface"/></shader>
        <shader name="glow"><emission name="e" color="1 0.9 0.8" strength="8"/>
          <connect from="e emission" to="output surface"/></shader>
        <background><background name="bg" color="0.6 0.7 0.9" strength="0.7"/>
          <connect from="bg background" to="output surface"/></background>
        <state shader="glow"><light light_type="point" co="2 4 1" size="0.5" strength="60 60 60"/>
        </state>
        """);
    int floor =
        scene.mesh(
            "floor",
            false,
            new float[] {-9, -1, 0, 9, -1, 0, 9, -1, 20, -9, -1, 20},
            new int[] {0, 2, 1, 0, 3, 2});
    scene.object(floor, at(0, 0, 0));
    scene.camera(FIELD_OF_VIEW, at(0, 0.3f, -1));
  }

  static float fieldOfView() {
    return FIELD_OF_VIEW;
  }

  /** A translation. */
  static float[] at(float x, float y, float z) {
    return new float[] {1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z};
  }

  /** Three translations: motion along x. */
  static float[] sliding(float x, float y, float z, float distance) {
    float[] all = new float[36];
    for (int step = 0; step < 3; step++) {
      System.arraycopy(at(x + (step - 1) * distance, y, z), 0, all, step * 12, 12);
    }
    return all;
  }

  private static final float[] OCTAHEDRON = {
    1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1
  };

  private static final int[] OCTAHEDRON_FACES = {
    0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5
  };

  static int octahedron(CyclesSceneBuilder scene, String shader) {
    return scene.mesh(shader, false, OCTAHEDRON, OCTAHEDRON_FACES);
  }

  /** A sky full of copies of one mesh. */
  static void instances(CyclesSceneBuilder scene) {
    stage(scene);
    int shape = octahedron(scene, "clay");
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      float s = 0.1f + 0.3f * random.nextFloat();
      scene.object(
          shape,
          s,
          0,
          0,
          random.nextFloat() * 8 - 4,
          0,
          s,
          0,
          random.nextFloat() * 3 - 1,
          0,
          0,
          s,
          4 + random.nextFloat() * 8);
    }
  }

  /** Curves that stand on the floor, as ribbons or tubes. */
  static void hair(CyclesSceneBuilder scene, boolean thick, boolean moving) {
    stage(scene);
    scene.thickCurves(thick);
    int curves = 80;
    int keys = 5;
    int steps = moving ? 3 : 1;
    float[] positions = new float[steps * curves * keys * 3];
    float[] radii = new float[curves * keys];
    int[] firstKeys = new int[curves];
    Random random = new Random(2);
    for (int curve = 0; curve < curves; curve++) {
      firstKeys[curve] = curve * keys;
      float x = random.nextFloat() * 4 - 2;
      float z = 3 + random.nextFloat() * 3;
      float lean = random.nextFloat() - 0.5f;
      for (int key = 0; key < keys; key++) {
        radii[curve * keys + key] = 0.05f * (keys - key) / keys;
        for (int step = 0; step < steps; step++) {
          int at = ((step * curves + curve) * keys + key) * 3;
          positions[at] = x + lean * key * key / 8 + (moving ? (step - 1) * key * 0.08f : 0);
          positions[at + 1] = -1 + key * 0.4f;
          positions[at + 2] = z;
        }
      }
    }
    if (moving) {
      scene.motionBlur(1);
    }
    scene.object(scene.curves("clay", positions, steps, radii, firstKeys), at(0, 0, 0));
  }

  /** An object that slides, a mesh that changes shape, a camera that moves. */
  static void motion(CyclesSceneBuilder scene) {
    stage(scene);
    scene.motionBlur(1);
    scene.object(octahedron(scene, "clay"), sliding(-1, 0, 4, 0.4f));
    float[] shapes = new float[3 * OCTAHEDRON.length];
    for (int i = 0; i < shapes.length; i++) {
      int step = i / OCTAHEDRON.length;
      float size = 0.5f + 0.2f * step;
      shapes[i] = OCTAHEDRON[i % OCTAHEDRON.length] * size;
    }
    int breathing = scene.mesh("clay", true, shapes, 3, OCTAHEDRON_FACES, new float[0]);
    scene.object(breathing, at(1.5f, 0, 4));
    scene.object(breathing, sliding(0, 1, 5, 0.2f));
    scene.camera(FIELD_OF_VIEW, sliding(0, 0.3f, -1, 0.02f));
  }

  /** Spheres at points, and a cube that is subdivided into a ball. */
  static void pointsAndSubdivision(CyclesSceneBuilder scene) {
    stage(scene);
    Random random = new Random(3);
    float[] points = new float[50 * 3];
    float[] radii = new float[50];
    for (int i = 0; i < 50; i++) {
      points[i * 3] = random.nextFloat() * 4 - 2;
      points[i * 3 + 1] = random.nextFloat() * 2 - 1;
      points[i * 3 + 2] = 3 + random.nextFloat() * 3;
      radii[i] = 0.05f + 0.1f * random.nextFloat();
    }
    scene.object(scene.points("clay", points, 1, radii), at(0, 0, 0));
    int ball =
        scene.subdividedMesh(
            "clay",
            true,
            new float[] {
              -1, -1, -1, 1, -1, -1, 1, 1, -1, -1, 1, -1, -1, -1, 1, 1, -1, 1, 1, 1, 1, -1, 1, 1
            },
            new int[] {4, 4, 4, 4, 4, 4},
            new int[] {0, 3, 2, 1, 4, 5, 6, 7, 0, 1, 5, 4, 3, 7, 6, 2, 0, 4, 7, 3, 1, 2, 6, 5},
            new CyclesSceneBuilder.Subdivision(true, 2, 6));
    scene.object(ball, at(1, 0.5f, 6));
  }
}
