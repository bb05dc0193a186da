// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.paceline.api.FilmPass;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;

/**
 * Scenes that no file can hold render the same through the split as on a device and BVH that Cycles
 * made itself.
 */
class BuilderTest {
  private static final int SAMPLES = 8;

  private static final Map<String, Consumer<CyclesSceneBuilder>> SCENES =
      new TreeMap<>(
          Map.of(
              "instances",
              Scenes::instances,
              "ribbons",
              scene -> Scenes.hair(scene, false, false),
              "tubes",
              scene -> Scenes.hair(scene, true, false),
              "moving hair",
              scene -> Scenes.hair(scene, false, true),
              "motion",
              Scenes::motion,
              "points and subdivision",
              Scenes::pointsAndSubdivision));

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  static Set<String> scenes() {
    return SCENES.keySet();
  }

  private static CyclesSettings settings() {
    return CyclesSettings.withSamples(SAMPLES).withSize(Scenes.WIDTH, Scenes.HEIGHT).withThreads(2);
  }

  private static CyclesScene build(Consumer<CyclesSceneBuilder> fill, CyclesSettings settings) {
    try (CyclesSceneBuilder builder = CyclesScene.builder(settings)) {
      fill.accept(builder);
      return builder.build();
    }
  }

  private static float[] traced(Consumer<CyclesSceneBuilder> fill, List<String> passes) {
    try (CyclesScene scene = build(fill, settings().withPasses(passes).asTraced());
        NativeMemory film =
            NativeMemory.allocate(scene.filmLayout().lengthBytes(Scenes.WIDTH, Scenes.HEIGHT))) {
      WorkUnit whole = new WorkUnit(0, 0, 0, Scenes.WIDTH, Scenes.HEIGHT, 0, SAMPLES);
      assertTrue(scene.render(whole, film));
      return floats(film);
    }
  }

  private static float[] split(Consumer<CyclesSceneBuilder> fill, List<String> passes) {
    try (CyclesScene scene = build(fill, settings().withPasses(passes));
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device)) {
      scene.push(session);
      int stride = scene.filmLayout().stride();
      try (NativeMemory film =
          session.render(0, 0, Scenes.WIDTH, Scenes.HEIGHT, 0, SAMPLES, stride)) {
        return floats(film);
      }
    }
  }

  static float[] floats(NativeMemory memory) {
    float[] floats = new float[(int) (memory.lengthBytes() / Float.BYTES)];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = memory.getFloat((long) i * Float.BYTES);
    }
    return floats;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenes")
  void splitEqualsCycles(String name) {
    float[] expected = traced(SCENES.get(name), List.of());
    float[] actual = split(SCENES.get(name), List.of());
    assertEquals(expected.length, actual.length);
    int different = 0;
    for (int i = 0; i < expected.length; i++) {
      different += Float.compare(expected[i], actual[i]) == 0 ? 0 : 1;
    }
    assertEquals(0, different, "of " + expected.length + " values differ");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenes")
  void somethingIsToBeSeen(String name) {
    float[] empty = split(Scenes::stage, List.of());
    float[] full = split(SCENES.get(name), List.of());
    int changed = 0;
    for (int i = 0; i < full.length; i += 4) {
      changed += Math.abs(full[i] - empty[i]) > 0.05f * SAMPLES ? 1 : 0;
    }
    assertTrue(changed > full.length / 4 / 50, changed + " pixels show the scene's objects");
  }

  @Test
  void everyPassThatMergesIsWritten() {
    List<String> passes =
        List.of(
            "depth",
            "position",
            "normal",
            "uv",
            "object_id",
            "material_id",
            "mist",
            "emission",
            "background",
            "ao",
            "diffuse_direct",
            "diffuse_indirect",
            "diffuse_color",
            "glossy_direct",
            "sample_count",
            "cryptomatte_object",
            "cryptomatte_material");
    float[] expected = traced(Scenes::instances, passes);
    float[] actual = split(Scenes::instances, passes);
    for (int i = 0; i < expected.length; i++) {
      int at = i;
      assertEquals(expected[i], actual[i], () -> "float " + at);
    }
    try (CyclesScene scene = build(Scenes::instances, settings().withPasses(passes))) {
      assertTrue(
          scene.filmLayout().passes().stream().map(FilmPass::name).toList().containsAll(passes));
    }
  }

  @Test
  void passesThatDontMergeAreRefusedByName() {
    for (String pass :
        List.of(
            "denoising_normal", "shadow_catcher", "bake_primitive", "cryptomatte", "nonsense")) {
      CyclesSettings wanted = settings().withPasses(List.of(pass));
      CyclesException refused =
          assertThrows(CyclesException.class, () -> build(Scenes::stage, wanted).close());
      assertTrue(refused.getMessage().contains('"' + pass + '"'), refused.getMessage());
    }
  }

  @Test
  void aMovedCameraSendsNoGeometry() {
    try (CyclesScene scene = build(Scenes::instances, settings().asEditable());
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device)) {
      assertEquals(1, scene.push(session));
      float[] before = render(session, scene);
      int calls = session.log().size();
      scene.camera(Scenes.fieldOfView(), Scenes.at(0.5f, 0.3f, -1));
      assertEquals(2, scene.push(session));
      List<String> edit = session.log().subList(calls, session.log().size());
      assertTrue(edit.contains("constCopyTo data"), edit.toString());
      assertTrue(edit.stream().noneMatch(call -> call.contains("tri_")), edit.toString());
      assertTrue(edit.stream().noneMatch(call -> call.contains("Bvh")), edit.toString());

      float[] after = render(session, scene);
      float[] fresh =
          split(
              builder -> {
                Scenes.instances(builder);
                builder.camera(Scenes.fieldOfView(), Scenes.at(0.5f, 0.3f, -1));
              },
              List.of());
      assertEquals(0, differences(fresh, after));
      assertTrue(differences(before, after) > before.length / 10);
    }
  }

  private static float[] render(DirectSession session, CyclesScene scene) {
    int stride = scene.filmLayout().stride();
    try (NativeMemory film =
        session.render(0, 0, Scenes.WIDTH, Scenes.HEIGHT, 0, SAMPLES, stride)) {
      return floats(film);
    }
  }

  private static int differences(float[] a, float[] b) {
    int different = 0;
    for (int i = 0; i < a.length; i++) {
      different += Float.compare(a[i], b[i]) == 0 ? 0 : 1;
    }
    return different;
  }

  @Test
  void wrongCallsAreRefused() {
    try (CyclesSceneBuilder scene = CyclesScene.builder(settings())) {
      Scenes.stage(scene);
      float[] triangle = {0, 0, 0, 1, 0, 0, 0, 1, 0};
      float[] radii = {1, 1, 1};
      assertRefused(
          "vertex 3 of 3", () -> scene.mesh("clay", false, triangle, new int[] {0, 1, 3}));
      assertRefused("no shader \"mud\"", () -> scene.mesh("mud", false, triangle, new int[3]));
      assertRefused("motion steps", () -> scene.points("clay", triangle, 2, radii));
      assertRefused("needs two", () -> scene.curves("clay", triangle, 1, radii, new int[] {0, 2}));
      assertRefused(
          "begin at key 0", () -> scene.curves("clay", triangle, 1, radii, new int[] {1}));
      assertRefused("no geometry 9", () -> scene.object(9, Scenes.at(0, 0, 0)));
      assertRefused("3x4", () -> scene.object(0, 1, 2, 3));
      assertRefused("field of view", () -> scene.camera(4, Scenes.at(0, 0, 0)));
      assertRefused(
          "corners",
          () ->
              scene.subdividedMesh(
                  "clay",
                  true,
                  triangle,
                  new int[] {2},
                  new int[] {0, 1},
                  new CyclesSceneBuilder.Subdivision(true, 1, 2)));
    }
  }

  @Test
  void whatWouldEndTheWorkersIsRefused() {
    assertRefused(
        "object 1 has a coordinate",
        () -> build(scene -> place(scene, Scenes.at(0, 0x1p60f, 0)), settings()).close());
    assertRefused(
        "the camera has a coordinate",
        () -> build(scene -> scene.camera(1, Scenes.at(Float.NaN, 0, 0)), settings()).close());
    float[] flat = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4};
    assertRefused(
        "squashes flat", () -> build(scene -> place(scene, flat, flat), settings()).close());
  }

  private static void place(CyclesSceneBuilder scene, float[]... transforms) {
    Scenes.stage(scene);
    int shape = Scenes.octahedron(scene, "clay");
    for (float[] transform : transforms) {
      scene.object(shape, transform);
    }
  }

  private static void assertRefused(String reason, Runnable call) {
    CyclesException refused = assertThrows(CyclesException.class, call::run);
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }
}
