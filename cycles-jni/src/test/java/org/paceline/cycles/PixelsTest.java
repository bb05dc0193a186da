// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.FileWriteException;
import org.paceline.api.Film;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmUpdate;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;

/** Films become pixels and files as Cycles' own program writes them. */
class PixelsTest {
  private static final int SAMPLES = 4;

  @TempDir Path scratch;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  private static CyclesScene scene(List<String> passes) {
    CyclesSettings settings =
        CyclesSettings.withSamples(SAMPLES)
            .withSize(Scenes.WIDTH, Scenes.HEIGHT)
            .withThreads(2)
            .withPasses(passes)
            .asTraced();
    try (CyclesSceneBuilder builder = CyclesScene.builder(settings)) {
      builder.xml(
          """
          <shader name="marked"><diffuse_bsdf name="d" color="0.2 0.4 0.6"/>
            <aov_output name="mark" color="0.25 0.5 0.75" value="0.5"/>
            <connect from="d bsdf" to="output surface"/></shader>
          """);
      Scenes.stage(builder);
      builder.object(Scenes.octahedron(builder, "marked"), Scenes.at(0, 0, 3));
      return builder.build();
    }
  }

  private static NativeMemory render(CyclesScene scene, int samples) {
    NativeMemory film =
        NativeMemory.allocate(scene.filmLayout().lengthBytes(scene.width(), scene.height()));
    WorkUnit whole = new WorkUnit(0, 0, 0, scene.width(), scene.height(), 0, samples);
    assertTrue(scene.render(whole, film));
    return film;
  }

  @Test
  void pngIsTheStandalonesByteForByte() throws Exception {
    Path example = Path.of("..", "examples", "glass.xml");
    Path expected = Native.standalone(example, 96, 64, SAMPLES, scratch, "cycles.png");
    CyclesSettings settings = CyclesSettings.withSamples(SAMPLES).withSize(96, 64).asTraced();
    try (CyclesScene scene = CyclesScene.open(example, settings);
        NativeMemory film = render(scene, SAMPLES)) {
      Path actual = scratch.resolve("paceline.png");
      scene.writeImage(film, SAMPLES, actual, "", List.of());
      assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(actual));
    }
  }

  @Test
  void severalPassesShareAnExr() throws Exception {
    List<String> passes =
        List.of("depth", "normal", "diffuse", "cryptomatte_object", "aov_color:mark");
    try (CyclesScene scene = scene(passes);
        NativeMemory film = render(scene, SAMPLES)) {
      Path file = scratch.resolve("passes.exr");
      scene.writeImage(film, SAMPLES, file, "", passes);
      Exr image = Exr.read(file);
      Set<String> channels = image.channels().keySet();
      assertTrue(
          channels.containsAll(
              List.of(
                  "R",
                  "A",
                  "Z",
                  "Normal.X",
                  "Diff.G",
                  "CryptoObject00.R",
                  "CryptoObject02.A",
                  "mark.B")),
          channels.toString());
      int middle = Scenes.HEIGHT / 2 * Scenes.WIDTH + Scenes.WIDTH / 2;
      assertEquals(0.75f, image.channels().get("mark.B")[middle], 1e-3f);
      float[] depth = scene.pixels(film, SAMPLES, "depth");
      assertEquals(3, depth[middle - Scenes.WIDTH], 0.5f);
      float[] ids = scene.pixels(film, SAMPLES, "cryptomatte_object");
      assertEquals(12 * Scenes.WIDTH * Scenes.HEIGHT, ids.length);
      for (int i = 0; i < ids.length; i += 4) {
        assertTrue(ids[i + 1] >= ids[i + 3], "weights fall");
      }
    }
  }

  @Test
  void lightGroupsAreRendered() {
    try (CyclesScene scene = scene(List.of("lightgroup:key"));
        NativeMemory film = render(scene, SAMPLES)) {
      assertEquals(
          3 * Scenes.WIDTH * Scenes.HEIGHT, scene.pixels(film, SAMPLES, "lightgroup:key").length);
    }
  }

  @Test
  void whatCantBeWrittenSaysWhy() {
    try (CyclesScene scene = scene(List.of("normal"));
        NativeMemory film = render(scene, SAMPLES)) {
      assertRefused("four channels", scene, film, scratch.resolve("two.png"), "normal");
      assertRefused("picture.xyz", scene, film, scratch.resolve("picture.xyz"));
      Path nowhere = scratch.resolve("nowhere").resolve("a.exr");
      FileWriteException unwritten =
          assertThrows(
              FileWriteException.class,
              () -> scene.writeImage(film, SAMPLES, nowhere, "", List.of()));
      assertTrue(unwritten.getMessage().contains("no directory"), unwritten.getMessage());
      assertRefused(
          "\"depth\" is not in this film", scene, film, scratch.resolve("a.exr"), "depth");
    }
  }

  private static void assertRefused(
      String reason, CyclesScene scene, NativeMemory film, Path file, String... passes) {
    CyclesException refused =
        assertThrows(
            CyclesException.class,
            () -> scene.writeImage(film, SAMPLES, file, "", List.of(passes)));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
    assertFalse(Files.exists(file));
  }

  /** A film of which the lower half has all samples and the upper half only a part. */
  private record Interrupted(CyclesScene scene, NativeMemory full, NativeMemory part, int least)
      implements Film {
    Interrupted {
      int half = scene.height() / 2;
      long row = scene.filmLayout().lengthBytes(scene.width(), 1);
      full.copyFrom(half * row, part, half * row, (scene.height() - half) * row);
    }

    @Override
    public int width() {
      return scene.width();
    }

    @Override
    public int height() {
      return scene.height();
    }

    @Override
    public FilmLayout layout() {
      return scene.filmLayout();
    }

    @Override
    public NativeMemory memory() {
      return full;
    }

    @Override
    public int samples(int x, int y) {
      return y < scene.height() / 2 ? SAMPLES : least;
    }

    @Override
    public float get(int x, int y, int component) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public float mean(int x, int y, int component) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public FilmUpdate snapshot(NativeMemory target, FilmUpdate since) {
      throw new UnsupportedOperationException("it doesn't change");
    }
  }

  @Test
  void anInterruptedFilmIsEvenlyBright() {
    try (CyclesScene scene = scene(List.of("depth"));
        NativeMemory full = render(scene, SAMPLES);
        NativeMemory part = render(scene, 1)) {
      float[] wanted = scene.pixels(part, 1, "combined");
      float[] depth = scene.pixels(part, 1, "depth");
      Film film = new Interrupted(scene, full, part, 1);
      float[] got = scene.pixels(film, "combined");
      float[] gotDepth = scene.pixels(film, "depth");
      for (int i = wanted.length / 2; i < wanted.length; i++) {
        assertEquals(wanted[i], got[i], 1e-6f * Math.max(1, wanted[i]));
      }
      for (int i = depth.length / 2; i < depth.length; i++) {
        assertEquals(depth[i], gotDepth[i]);
      }
    }
  }

  @Test
  void javasArithmeticStaysAsItWas() {
    try (CyclesScene scene = scene(List.of());
        NativeMemory film = render(scene, 1);
        CyclesDevice device = Native.device()) {
      assertFalse(device.description().isEmpty());
      assertEquals(1, scene.pixels(film, 1, "combined").length / Scenes.WIDTH / Scenes.HEIGHT / 4);
      float tiny = Float.MIN_NORMAL * film.lengthBytes() / film.lengthBytes();
      assertTrue(tiny / 2 > 0, "denormals are flushed");
    }
  }
}
