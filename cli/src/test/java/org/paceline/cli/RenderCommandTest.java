// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rendering Cycles files; needs the native bridge. */
@Tag("slow")
@Timeout(300)
class RenderCommandTest {
  private static final String SCENE =
      """
      <cycles>
      <transform translate="0 0 -4" scale="1 1 1">
        <camera width="48" height="32"/>
      </transform>
      <background>
        <background name="sky" color="0.2 0.4 0.8" strength="1"/>
        <connect from="sky background" to="output surface"/>
      </background>
      </cycles>
      """;

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheBridge() {
    assumeFalse(
        System.getProperty(ChildJvm.NATIVE_DIR_PROPERTY, "").isEmpty(),
        "the native bridge is not built");
  }

  @Test
  void aSceneBecomesAPng() throws Exception {
    Path output = directory.resolve("a.png");
    try (CliProcess render = render(scene(SCENE), output, "--workers=2", "--samples=4")) {
      assertEquals(ExitCodes.OK, render.awaitExit(), render.said());
      assertTrue(render.said().contains("adaptive sampling"), render.said());
    }
    assertEquals(48, ImageIO.read(output.toFile()).getWidth());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--samples=1 | R Z Normal.X DiffDir.G CryptoObject02.A",
        "--layer-names | ViewLayer.Combined.R ViewLayer.Depth.Z ViewLayer.CryptoObject02.a"
      })
  void anExrHoldsThePassesAskedFor(String option, String channels) throws Exception {
    Path output = directory.resolve("a.exr");
    String passes = "--passes=depth,normal,diffuse_direct,cryptomatte_object";
    try (CliProcess render = render(scene(SCENE), output, "--workers=2", passes, option)) {
      assertEquals(ExitCodes.OK, render.awaitExit(), render.said());
    }
    String header = Files.readString(output, StandardCharsets.ISO_8859_1);
    for (String channel : channels.split(" ", -1)) {
      assertTrue(header.contains('\0' + channel + '\0'), channel);
    }
    assertTrue(header.contains("cryptomatte/"), "no manifest");
  }

  @Test
  void wrongXmlIsSaidWithItsLine() throws Exception {
    Path file = scene(SCENE.replace("</background>\n</cycles>", "</backgrund>\n</cycles>"));
    try (CliProcess render = render(file, directory.resolve("a.png"))) {
      assertEquals(ExitCodes.FAILED, render.awaitExit(), render.said());
      assertTrue(render.said().matches("(?s).*scene\\.xml:\\d+.*"), render.said());
      assertFalse(render.said().contains("\tat "), render.said());
    }
  }

  @Test
  void aPassThatCyclesDoesNotHaveIsRefusedByName() throws Exception {
    try (CliProcess render = render(scene(SCENE), directory.resolve("a.exr"), "--passes=sparkle")) {
      assertEquals(ExitCodes.FAILED, render.awaitExit(), render.said());
      assertTrue(render.said().contains("sparkle"), render.said());
    }
  }

  @Test
  void strictEndsWithEveryMistakeNamed() throws Exception {
    Path output = directory.resolve("a.png");
    String scene = SCENE.replace("<camera", "<lamp/><camera zoom=\"2\"");
    try (CliProcess render = render(scene(scene), output, "--samples=1")) {
      assertEquals(ExitCodes.OK, render.awaitExit(), render.said());
      assertTrue(render.said().contains("scene.xml:3: <camera>: zoom=\"2\""), render.said());
    }
    Files.delete(output);
    try (CliProcess render = render(scene(scene), output, "--samples=1", "--strict")) {
      assertEquals(ExitCodes.FAILED, render.awaitExit(), render.said());
      assertTrue(render.said().contains("scene.xml:3: <lamp>: unknown element"), render.said());
      assertTrue(render.said().contains("scene.xml:3: <camera>: zoom=\"2\""), render.said());
      assertFalse(Files.exists(output), "an image was written");
    }
  }

  @Test
  void aFileThatIsNeverReadToItsEndIsNamed() throws Exception {
    Path never = directory.resolve("never.png");
    assertEquals(0, new ProcessBuilder("mkfifo", never.toString()).start().waitFor());
    String texture = "<shader name=\"s\"><image_texture filename=\"never.png\"/></shader></cycles>";
    Path scene = scene(SCENE.replace("</cycles>", texture));
    try (CliProcess render = render(scene, directory.resolve("a.png"))) {
      render.awaitLine(
          line -> line.equals("Reading " + never + " takes longer than 5 s; still waiting"));
      render.interrupt();
      render.awaitExit();
    }
  }

  @Test
  void aWorkerWithAnotherRendererIsRefused() throws Exception {
    try (WorkerProcesses workers =
        WorkerProcesses.start(1, WorkerLaunch.of("reference", 1), line -> {})) {
      String endpoint = workers.awaitEndpoints().get(0).toString();
      try (CliProcess render =
          render(scene(SCENE), directory.resolve("a.png"), "--worker=" + endpoint)) {
        assertEquals(ExitCodes.FAILED, render.awaitExit(), render.said());
        assertTrue(render.said().contains("reference"), render.said());
      }
    }
  }

  private Path scene(String xml) throws Exception {
    return Files.writeString(directory.resolve("scene.xml"), xml);
  }

  private static CliProcess render(Path scene, Path output, String... more) {
    String[] args = new String[more.length + 3];
    args[0] = "render";
    args[1] = scene.toString();
    args[2] = "--output=" + output;
    System.arraycopy(more, 0, args, 3, more.length);
    return CliProcess.start(args);
  }
}
