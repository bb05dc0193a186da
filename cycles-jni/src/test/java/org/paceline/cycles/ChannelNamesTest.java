// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;

/** Every pass is in an OpenEXR file, under the names that Blender gives its channels. */
class ChannelNamesTest {
  /**
   * Passes, Blender's names of them, and a letter for each channel. All but the last eight lines
   * are what Blender 3.4.1 writes.
   */
  private static final String TABLE =
      """
      combined Combined RGBA
      depth Depth Z
      mist Mist Z
      position Position XYZ
      normal Normal XYZ
      uv UV UVA
      motion Vector XYZW
      object_id IndexOB X
      material_id IndexMA X
      diffuse_direct DiffDir RGB
      diffuse_indirect DiffInd RGB
      diffuse_color DiffCol RGB
      glossy_direct GlossDir RGB
      glossy_indirect GlossInd RGB
      glossy_color GlossCol RGB
      transmission_direct TransDir RGB
      transmission_indirect TransInd RGB
      transmission_color TransCol RGB
      volume_direct VolumeDir RGB
      volume_indirect VolumeInd RGB
      emission Emit RGB
      background Env RGB
      ao AO RGB
      shadow Shadow RGB
      aov_color:mark mark RGBA
      aov_value:num num X
      lightgroup:key Combined_key RGB
      cryptomatte_object CryptoObject00 RGBA CryptoObject01 RGBA CryptoObject02 RGBA
      cryptomatte_material CryptoMaterial00 RGBA CryptoMaterial01 RGBA CryptoMaterial02 RGBA
      cryptomatte_asset CryptoAsset00 RGBA CryptoAsset01 RGBA CryptoAsset02 RGBA
      sample_count Debug_Sample_Count X
      diffuse Diff RGB
      glossy Gloss RGB
      transmission Trans RGB
      volume Volume RGB
      roughness Roughness X
      motion_weight VectorWeight X
      """;

  private static final int SAMPLES = 2;

  @TempDir private Path scratch;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  private static List<String[]> rows() {
    return TABLE.lines().map(line -> line.split(" ")).toList();
  }

  private static List<String> passes() {
    return rows().stream().map(row -> row[0]).toList();
  }

  /** Channels of a row, in the order of the pass's components. */
  private static List<String> channels(String[] row, String layer) {
    List<String> channels = new ArrayList<>();
    for (int i = 1; i < row.length; i += 2) {
      String name = row[i].replace('_', ' ').replace("Combined ", "Combined_");
      boolean crypto = !layer.isEmpty() && name.startsWith("Crypto");
      for (char letter : row[i + 1].toCharArray()) {
        boolean alone = layer.isEmpty() && (name.equals("Combined") || name.equals("Depth"));
        char own = crypto ? Character.toLowerCase(letter) : letter;
        channels.add((layer.isEmpty() ? "" : layer + ".") + (alone ? "" : name + ".") + own);
      }
    }
    return channels;
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
            <aov_output name="num" color="0 0 0" value="0.25"/>
            <connect from="d bsdf" to="output surface"/></shader>
          """);
      Scenes.stage(builder);
      builder.object(Scenes.octahedron(builder, "marked"), Scenes.at(0, 0, 3));
      return builder.build();
    }
  }

  private static NativeMemory render(CyclesScene scene) {
    NativeMemory film =
        NativeMemory.allocate(scene.filmLayout().lengthBytes(scene.width(), scene.height()));
    WorkUnit whole = new WorkUnit(0, 0, 0, scene.width(), scene.height(), 0, SAMPLES);
    assertTrue(scene.render(whole, film));
    return film;
  }

  @Test
  void everyPassHasBlendersNamesAndItsOwnPixels() throws Exception {
    try (CyclesScene scene = scene(passes());
        NativeMemory film = render(scene)) {
      Map<String, float[]> pixels = new LinkedHashMap<>();
      for (String pass : passes()) {
        pixels.put(pass, scene.pixels(film, SAMPLES, pass));
      }
      for (String layer : List.of("", "ViewLayer")) {
        Path file = scratch.resolve("passes.exr");
        scene.writeImage(film, SAMPLES, file, layer, passes());
        Exr image = Exr.read(file);
        Set<String> expected = new TreeSet<>();
        rows().forEach(row -> expected.addAll(channels(row, layer)));
        assertEquals(expected, image.channels().keySet());
        for (String[] row : rows()) {
          assertPixels(pixels.get(row[0]), channels(row, layer), image);
        }
      }
    }
  }

  private static void assertPixels(float[] pass, List<String> names, Exr image) {
    assertEquals(image.width() * image.height() * names.size(), pass.length, names.toString());
    for (int channel = 0; channel < names.size(); channel++) {
      float[] values = image.channels().get(names.get(channel));
      for (int i = 0; i < values.length; i++) {
        int fromBelow = image.height() - 1 - i / image.width();
        int pixel = fromBelow * image.width() + i % image.width();
        assertEquals(pass[pixel * names.size() + channel], values[i], names.get(channel));
      }
    }
  }

  @Test
  void aPassAskedForTwiceIsThereOnce() throws Exception {
    List<String> twice = List.of("combined", "normal", "normal");
    try (CyclesScene scene = scene(twice);
        NativeMemory film = render(scene)) {
      Path file = scratch.resolve("twice.exr");
      scene.writeImage(film, SAMPLES, file, "", twice);
      assertEquals(
          Set.of("R", "G", "B", "A", "Normal.X", "Normal.Y", "Normal.Z"),
          Exr.read(file).channels().keySet());
    }
  }

  @Test
  void twoChannelsOfOneNameAreRefused() {
    List<String> clash = List.of("emission", "aov_color:Emit");
    try (CyclesScene scene = scene(clash);
        NativeMemory film = render(scene)) {
      CyclesException refused =
          assertThrows(
              CyclesException.class,
              () -> scene.writeImage(film, SAMPLES, scratch.resolve("a.exr"), "", clash));
      assertTrue(refused.getMessage().contains("Emit.R"), refused.getMessage());
    }
  }
}
