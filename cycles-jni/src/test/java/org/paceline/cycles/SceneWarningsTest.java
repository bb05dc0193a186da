// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Cycles would ignore without a word is named once, with file, line and what may be meant. */
class SceneWarningsTest {
  private static final String FULL =
      "<cycles><integrator use_adaptive_sampling=\"false\"/>"
          + "<background><background name=\"b\"/><connect from=\"b background\""
          + " to=\"output surface\"/></background>\n";

  private static final String TRIANGLE = "P=\"0 0 3 1 0 3 0 1 3\" nverts=\"3\" verts=\"0 1 2\"";

  private static final CyclesSettings SETTINGS =
      CyclesSettings.withSamples(1).withSize(8, 8).withThreads(1);

  @TempDir Path directory;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  static Stream<Arguments> doubtful() {
    return Stream.of(
        // names of attributes
        inShader("<glossy_bsdf rougness=\"0.2\"/>", "no such attribute, ignored; is \"roughness\""),
        inShader("<glossy_bsdf Color=\"1 0 0\"/>", "is \"color\" meant?"),
        inShader("<mix_closure closure1=\"a\"/>", "takes a <connect>, no value"),
        arguments("<mesh cast_shadow=\"false\" " + TRIANGLE + "/>", "there are P, verts, nverts"),
        arguments("<mesh vert=\"0 1 2\" " + TRIANGLE + "/>", "is \"verts\" meant?"),
        arguments("<integrator method=\"branched_path\"/>", "method=\"branched_path\": no such"),
        arguments("<light type=\"spot\"/>", "is \"light_type\" meant?"),
        arguments("<camera type=\"panorama\"/>", "is \"camera_type\" meant?"),
        arguments("<transform translation=\"1 2 3\"/>", "is \"translate\" meant?"),
        arguments("<state smooth=\"true\"/>", "there are shader, dicing_rate, interpolation"),
        // values
        inShader("<diffuse_bsdf color=\"0.2,0.3,0.4\"/>", "1 word instead of 3 numbers, ignored"),
        inShader("<diffuse_bsdf color=\"0.2,0.3,0.4\"/>", "is \"0.2 0.3 0.4\" meant?"),
        inShader("<diffuse_bsdf color=\"0.5\"/>", "is \"0.5 0.5 0.5\" meant?"),
        inShader("<diffuse_bsdf color=\"0.1 0.2 0.3 1\"/>", "is \"0.1 0.2 0.3\" meant?"),
        inShader("<diffuse_bsdf color=\"red\"/>", "1 word instead of 3 numbers"),
        inShader("<glossy_bsdf roughness=\"0,5\"/>", "read as 0; is \"0.5\" meant?"),
        inShader("<glossy_bsdf roughness=\"0.1 0.2\"/>", "only the first is read"),
        inShader("<glossy_bsdf roughness=\"\"/>", "is no number, read as 0"),
        inShader("<glossy_bsdf distribution=\"ggx\"/>", "is unknown, ignored; is \"GGX\" meant?"),
        arguments("<integrator max_bounce=\"4.5\"/>", "is no whole number, read as 4"),
        arguments("<integrator caustics_reflective=\"yes\"/>", "neither true nor false"),
        arguments("<state interpolation=\"soft\"/>", "neither smooth nor flat"),
        arguments("<light shader=\"none\"/>", "names nothing above it"),
        arguments("<transform translate=\"1 2 x\"/>", "translate holds \"x\", which is no number"),
        // elements
        arguments("<teapot/>", "<teapot>: unknown element, ignored"),
        arguments("<lamp/>", "<lamp>: unknown element, ignored"),
        arguments("<ligth/>", "is \"light\" meant?"),
        arguments("<film><exposure/></film>", "<exposure> inside it is ignored"),
        arguments("<mesh " + TRIANGLE + ">0 1 2</mesh>", "the text \"0 1 2\" is ignored"),
        arguments("stray", "the text \"stray"),
        inShader("<diffuse_brdf/>", "unknown shader node, ignored; is \"diffuse_bsdf\" meant?"),
        inShader("<osl_shader src=\"a.osl\"/>", "has no OSL"),
        arguments("<state shader=\"glas\"/>", "unknown shader \"glas\""),
        // connections
        connection("d bsdf", "output surfac", "of <output>, ignored; is \"surface\" meant?"),
        connection("d closure", "output surface", "no output of <diffuse_bsdf>, ignored; there is"),
        connection("e bsdf", "output surface", "names no node above it"),
        connection("d", "output surface", "isn't a node's name and a socket's"),
        connection("Diffuse BSDF BSDF", "output surface", "isn't a node's name and a socket's"),
        connection("d bsdf", "d roughness", "can't take a closure"),
        connection("d bsdf", "d roughness", "to=\"d roughness\""),
        // images and sizes
        inShader("<image_texture filename=\"none.png\"/>", "none.png can't be read"),
        inShader("<image_texture filename=\"a\\b.png\"/>", "write / between folders"),
        inShader("<image_texture/>", "has no filename"),
        inShader("<ies_light filename=\"none.ies\"/>", "the light is dark: No such file"),
        arguments(
            "<camera width=\"0\" height=\"5\"/>", "width=\"0\": an image has 1 pixel or more"),
        arguments("<camera width=\"5\" height=\"-5\"/>", "height=\"-5\" is no number of pixels"),
        arguments("<camera width=\"50\"/>", "has one of width and height"),
        arguments("<camera fov=\"0\"/>", "between 0 and 3.1416"),
        arguments("<camera fov=\"-1\"/>", "between 0 and 3.1416"),
        arguments("<camera fov=\"100\"/>", "in radians, between 0 and 3.1416; is \"1.745\" meant?"),
        arguments("<transform scale=\"0 0 0\"><camera/></transform>", "<camera>: stands in a"),
        arguments("<mesh P=\"\" nverts=\"\" verts=\"\"/>", "has no faces"));
  }

  private static Arguments inShader(String node, String warning) {
    return arguments("<shader name=\"s\">" + node + "</shader>", warning);
  }

  private static Arguments connection(String from, String to, String warning) {
    String connect = "<connect from=\"" + from + "\" to=\"" + to + "\"/>";
    return inShader("<diffuse_bsdf name=\"d\"/>" + connect, warning);
  }

  @ParameterizedTest
  @MethodSource("doubtful")
  void isNamedOnceWithItsLine(String element, String warning) throws IOException {
    Path file = write("doubtful.xml", FULL + element + "\n</cycles>");
    try (CyclesScene scene = CyclesScene.open(file, SETTINGS)) {
      List<String> warnings = scene.warnings();
      assertEquals(1, warnings.size(), warnings.toString());
      String place = element.equals("stray") ? "doubtful.xml:1: <" : "doubtful.xml:2: <";
      assertTrue(warnings.get(0).contains(place), warnings.get(0));
      assertTrue(warnings.get(0).contains(warning), warnings.get(0));
    }
    CyclesException refused =
        assertThrows(
            CyclesException.class, () -> CyclesScene.open(file, SETTINGS.asStrict()).close());
    assertTrue(refused.getMessage().contains(warning), refused.getMessage());
  }

  static Stream<Arguments> sound() {
    return Stream.of(
        inShader("<diffuse_bsdf/><connect from=\"diffuse_bsdf BSDF\" to=\"output Surface\"/>", ""),
        inShader("<diffuse_bsdf color=\"0.2, 0.3, 0.4\"/>", ""),
        inShader("<diffuse_bsdf color=\"  .2 3e-1\t4 \"/>", ""),
        arguments("<integrator caustics_reflective=\"1\" caustics_refractive=\"True\"/>", ""),
        arguments("<shader name=\"lamp\"/><light shader=\"lamp\" light_type=\"spot\"/>", ""),
        arguments("<state shader=\"default_surface\" interpolation=\"Smooth\"/>", ""),
        arguments("<Mesh name=\"label\" " + TRIANGLE + "/>", ""),
        arguments("<camera camera_type=\"panorama\" fov=\"100\" width=\"9\" height=\"8\"/>", ""));
  }

  @ParameterizedTest
  @MethodSource("sound")
  void whatCyclesReadsIsNoMistake(String element, String none) throws IOException {
    Path file = write("sound.xml", FULL + element + "</cycles>");
    try (CyclesScene scene = CyclesScene.open(file, SETTINGS.asStrict())) {
      assertEquals(List.of(), scene.warnings(), none);
    }
  }

  @Test
  void strictNamesAllAtOnceAndAnIncludedFileOnlyOnce() throws IOException {
    write("part.xml", "<cycles>\n<light type=\"spot\"/><teapot/></cycles>");
    Path file =
        write(
            "whole.xml",
            FULL + "<include src=\"part.xml\"/>\n<include src=\"part.xml\"/><teapot/></cycles>");
    CyclesException refused =
        assertThrows(
            CyclesException.class, () -> CyclesScene.open(file, SETTINGS.asStrict()).close());
    assertTrue(refused.getMessage().startsWith("3 warnings"), refused.getMessage());
    assertEquals(4, refused.getMessage().lines().count(), refused.getMessage());
    assertTrue(refused.getMessage().contains("part.xml:2: <light>"), refused.getMessage());
    assertTrue(refused.getMessage().contains("whole.xml:3: <teapot>"), refused.getMessage());
  }

  @Test
  void whatTheRendererLeavesOutIsNoMistakeOfTheFile() throws IOException {
    Path file = write("adaptive.xml", FULL.replace("false", "true") + "</cycles>");
    try (CyclesScene scene = CyclesScene.open(file, SETTINGS.asStrict())) {
      assertTrue(scene.warnings().get(0).contains("adaptive sampling"), scene.warnings().get(0));
    }
  }

  @ParameterizedTest
  @MethodSource("emptyScenes")
  void nothingToRender(String elements) throws IOException {
    Path file = write("empty.xml", "<cycles>" + elements + "</cycles>");
    try (CyclesScene scene = CyclesScene.open(file, SETTINGS)) {
      String warnings = String.join("\n", scene.warnings());
      assertTrue(warnings.contains("nothing to render"), warnings);
    }
  }

  static List<String> emptyScenes() {
    return List.of(
        "", "<camera/>", "<mesh P=\"\" nverts=\"\" verts=\"\"/>", "<shader name=\"s\"/>");
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "examples"))) {
      return files.filter(file -> file.toString().endsWith(".xml")).sorted().toList();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void examplesAreFreeOfWarnings(Path scene) {
    CyclesScene.open(scene, SETTINGS.asStrict()).close();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
