// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;

/** Mattes by name, for programs that aren't ours. */
@Tag("slow")
@Timeout(300)
class CryptomatteTest {
  private static final int SAMPLES = 8;

  private static final List<String> PASSES =
      List.of("cryptomatte_object", "cryptomatte_material", "cryptomatte_asset");

  private static final String SCENE =
      """
      <cycles>
      <camera width="64" height="48" fov="0.9"/>
      <background><background name="bg" color="0.6 0.7 0.9"/>
        <connect from="bg background" to="output surface"/></background>
      <shader name="Material"><diffuse_bsdf name="d" color="0.8 0.5 0.3"/>
        <connect from="d bsdf" to="output surface"/></shader>
      <state shader="Material">
        <mesh name="Cube" asset_name="Toys" P="-1 -1 4  0.4 -1 4  0.1 1 4" verts="0 1 2" nverts="3"/>
        <include src="more.xml"/>
        <mesh P="-5 -5 9  5 -5 9  0 -2 9" verts="0 1 2" nverts="3"/>
      </state>
      </cycles>
      """;

  /** Names that need care in JSON, and letters beyond ASCII. */
  private static final String MORE =
      """
      <cycles>
        <mesh name="T\u00fcr &quot;1&quot; \\" P="0 -1 3  1 -1 3  0.6 1 3" verts="0 1 2" nverts="3"/>
      </cycles>
      """;

  @TempDir private Path scratch;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  private Path render(String layer) throws IOException {
    Path scene = Files.writeString(scratch.resolve("scene.xml"), SCENE);
    Files.writeString(scratch.resolve("more.xml"), MORE);
    Path image = scratch.resolve("crypto.exr");
    CyclesSettings settings =
        CyclesSettings.withSamples(SAMPLES).withThreads(2).withPasses(PASSES).asTraced();
    try (CyclesScene opened = CyclesScene.open(scene, settings);
        NativeMemory film =
            NativeMemory.allocate(
                opened.filmLayout().lengthBytes(opened.width(), opened.height()))) {
      WorkUnit whole = new WorkUnit(0, 0, 0, opened.width(), opened.height(), 0, SAMPLES);
      assertTrue(opened.render(whole, film));
      opened.writeImage(film, SAMPLES, image, layer, PASSES);
    }
    return image;
  }

  /** Hashes as Blender 3.4.1 writes them for the same names. */
  @Test
  void theHeaderNamesLayersAndObjects() throws Exception {
    Map<String, String> texts = new TreeMap<>(Exr.read(render("ViewLayer")).texts());
    texts.keySet().removeIf(key -> !key.startsWith("cryptomatte/"));
    assertEquals(12, texts.size(), texts.toString());
    assertEquals("ViewLayer.CryptoObject", texts.get("cryptomatte/542cafa/name"));
    assertEquals("ViewLayer.CryptoMaterial", texts.get("cryptomatte/c7dbf5e/name"));
    assertEquals("ViewLayer.CryptoAsset", texts.get("cryptomatte/aa21542/name"));
    assertEquals("MurmurHash3_32", texts.get("cryptomatte/542cafa/hash"));
    assertEquals("uint32_to_float32", texts.get("cryptomatte/542cafa/conversion"));
    String objects = texts.get("cryptomatte/542cafa/manifest");
    assertTrue(
        objects.startsWith("{\"Cube\":\"a8fce865\",\"T\u00fcr \\\"1\\\" \\\\\":\""), objects);
    assertTrue(objects.matches(".*,\"object\":\"[0-9a-f]{8}\"}"), objects);
    String materials = texts.get("cryptomatte/c7dbf5e/manifest");
    assertTrue(materials.contains("\"Material\":\"3913209d\""), materials);
    assertTrue(materials.contains("\"default_surface\":\"78d05529\""), materials);
    assertTrue(texts.get("cryptomatte/aa21542/manifest").startsWith("{\"Toys\":"));
  }

  @Test
  void ranksFallAndTheIdIsTheNamesHash() throws Exception {
    Map<String, float[]> channels = Exr.read(render("")).channels();
    float[] last = channels.get("CryptoObject00.G");
    for (String next : List.of("00.A", "01.G", "01.A", "02.G", "02.A")) {
      float[] weights = channels.get("CryptoObject" + next);
      for (int i = 0; i < last.length; i++) {
        assertTrue(last[i] >= weights[i], next);
      }
      last = weights;
    }
    float[] matte = matte(channels, "CryptoObject", 0xa8fce865);
    assertEquals(1, matte[24 * 64 + 30], 1e-6f, "inside");
    assertEquals(0, matte[0], "outside");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ViewLayer"})
  void blenderFindsAnObjectByItsName(String layer) throws Exception {
    assumeTrue(isThere("blender"), "no blender to read with (Debian: apt-get install blender)");
    Path image = render(layer);
    Path script = scratch.resolve("matte.py");
    try (var source = CryptomatteTest.class.getResourceAsStream("matte.py")) {
      Files.copy(source, script);
    }
    String prefix = layer.isEmpty() ? "" : layer + ".";
    Path matte = scratch.resolve("matte.exr");
    String said =
        run(
            "blender",
            "--background",
            "--factory-startup",
            "--python-exit-code",
            "1",
            "--python",
            script.toString(),
            "--",
            image.toString(),
            "64",
            "48",
            prefix + "CryptoObject",
            "Cube",
            matte.toString());
    assertTrue(Files.exists(matte), said);
    float[] expected = matte(Exr.read(image).channels(), prefix + "CryptoObject", 0xa8fce865);
    float[] found = Exr.read(matte).channels().get("R");
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-5f, "pixel " + i);
      sum += found[i];
    }
    assertTrue(sum > 100 && sum < 2000, "a matte of " + sum + " pixels");
  }

  @Test
  void openImageIoReadsWhatIsWritten() throws Exception {
    assumeTrue(
        isThere("oiiotool"),
        "no oiiotool to read with (Debian: apt-get install openimageio-tools)");
    String said = run("oiiotool", "--info", "-v", render("").toString());
    String objects = said.lines().filter(line -> line.contains("CryptoObject")).toList().toString();
    assertTrue(said.contains("channel list: R, G, B, A, "), said);
    assertTrue(objects.contains("CryptoObject00.R, CryptoObject00.G, CryptoObject00.B"), said);
    assertTrue(said.matches("(?s).*cryptomatte/[0-9a-f]{7}/name: \"CryptoObject\".*"), said);
  }

  /** How much of each pixel is of the id whose hash this is. */
  private static float[] matte(Map<String, float[]> channels, String layer, int hash) {
    float id = Float.intBitsToFloat(hash);
    float[] matte = new float[channels.get(channel(channels, layer, 0, 'R')).length];
    for (int level = 0; level < 3; level++) {
      for (String pair : List.of("RG", "BA")) {
        float[] ids = channels.get(channel(channels, layer, level, pair.charAt(0)));
        float[] weights = channels.get(channel(channels, layer, level, pair.charAt(1)));
        for (int i = 0; i < matte.length; i++) {
          matte[i] += ids[i] == id ? weights[i] : 0;
        }
      }
    }
    return matte;
  }

  private static String channel(
      Map<String, float[]> channels, String layer, int level, char letter) {
    String name = layer + "0" + level + ".";
    return channels.containsKey(name + letter)
        ? name + letter
        : name + Character.toLowerCase(letter);
  }

  private static boolean isThere(String program) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), said);
    assertEquals(0, process.exitValue(), said);
    return said;
  }
}
