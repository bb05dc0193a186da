// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.NativeMemory;

/** Files that a scene names: where they are looked for, and what is wrong with them. */
class SceneImagesTest {
  private static final int SIDE = 16;

  private static final CyclesSettings SETTINGS =
      CyclesSettings.withSamples(1).withSize(SIDE, SIDE).withThreads(1);

  @TempDir Path directory;

  /** Where the scene is; its images are around it. */
  private Path folder;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  @BeforeEach
  void images() throws IOException {
    folder = Files.createDirectory(directory.resolve("scene"));
    Path textures = Files.createDirectory(folder.resolve("two words"));
    for (Path image :
        List.of(
            folder.resolve("t.png"),
            textures.resolve("R\u00e4der & \u6728.png"),
            directory.resolve("up.png"))) {
      ImageIO.write(noise(), "png", image.toFile());
    }
  }

  private static BufferedImage noise() {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, random.nextInt());
    }
    return image;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t.png",
        "./t.png",
        "//t.png",
        "../up.png",
        "two words/R\u00e4der &amp; \u6728.png",
        "//two words/R\u00e4der &amp; \u6728.png",
        "ABSOLUTE/t.png",
        "ABSOLUTE/two words/R\u00e4der &amp; \u6728.png"
      })
  void areFoundHoweverTheSceneIsNamed(String name) throws IOException {
    String file = name.replace("ABSOLUTE", folder.toAbsolutePath().toString());
    Path scene = write("scene.xml", scene(file));
    write("part.xml", "<cycles>" + shader(file) + "</cycles>");
    Path including =
        Files.writeString(
            directory.resolve("including.xml"),
            scene(file).replace(shader(file), "<include src=\"scene/part.xml\"/>"));
    float[] expected = render(write("plain.xml", scene("t.png")).toAbsolutePath());
    Path here = Path.of("").toAbsolutePath();
    for (Path path : List.of(scene, including)) {
      assertArrayEquals(expected, render(path.toAbsolutePath()), path + " named absolutely");
      Path relative = here.relativize(path.toAbsolutePath());
      assertArrayEquals(expected, render(relative), path + " named relatively");
    }
  }

  @Test
  void anAbsoluteIncludeIsAbsolute() throws IOException {
    Path part = write("part.xml", "<cycles>" + shader("t.png") + "</cycles>");
    Path scene =
        Files.writeString(
            directory.resolve("including.xml"),
            scene("t.png")
                .replace(shader("t.png"), "<include src=\"" + part.toAbsolutePath() + "\"/>"));
    float[] expected = render(write("plain.xml", scene("t.png")));
    assertArrayEquals(expected, render(scene.toAbsolutePath()));
    assertArrayEquals(expected, render(Path.of("").toAbsolutePath().relativize(scene)));
  }

  @Test
  void anIesFileIsRelativeToTheScene() throws IOException {
    write(
        "lamp.ies",
        "IESNA:LM-63-2002\nTILT=NONE\n1 1000 1 3 1 1 2 0 0 0\n1 1 100\n0 45 90\n0\n1000 700 10\n");
    String emission =
        "<ies_light name=\"i\" filename=\"lamp.ies\"/><emission name=\"e\"/>"
            + "<connect from=\"i fac\" to=\"e strength\"/>"
            + "<connect from=\"e emission\" to=\"output surface\"/>";
    Path scene =
        write(
            "scene.xml",
            scene("t.png")
                .replaceFirst("<image_texture.*?/shader>", "")
                .replace("<shader name=\"s\">", "<shader name=\"s\">" + emission + "</shader>"));
    float[] pixels = render(scene);
    float light = 0;
    for (float value : pixels) {
      light = Math.max(light, value);
    }
    assertTrue(light > 0, "the lamp is dark");
  }

  @Test
  void aDamagedImageIsNamedAndItsRestIsBlack() throws IOException {
    Path image = folder.resolve("t.png");
    byte[] whole = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(whole, whole.length / 2));
    Path file = write("scene.xml", scene("t.png"));
    try (CyclesScene scene = CyclesScene.open(file, SETTINGS)) {
      assertEquals(1, scene.warnings().size(), scene.warnings().toString());
      String warning = scene.warnings().get(0);
      assertTrue(warning.contains("scene.xml:3: <image_texture>: image " + image), warning);
      assertTrue(warning.contains("is damaged, what is missing is black: "), warning);
    }
    CyclesException refused =
        assertThrows(
            CyclesException.class, () -> CyclesScene.open(file, SETTINGS.asStrict()).close());
    assertTrue(refused.getMessage().contains("is damaged"), refused.getMessage());
    Files.write(image, whole);
    CyclesScene.open(file, SETTINGS.asStrict()).close();
  }

  @Test
  void anImageThatKernelsCantAddressIsRefused() throws IOException {
    Files.write(folder.resolve("t.png"), blackPng(60_000, 60_000));
    Path file = write("scene.xml", scene("t.png"));
    CyclesException refused =
        assertThrows(CyclesException.class, () -> CyclesScene.open(file, SETTINGS).close());
    String message = refused.getMessage();
    assertTrue(message.contains("scene.xml:3: <image_texture>: image "), message);
    assertTrue(message.contains("t.png has 60000x60000 pixels"), message);
  }

  /** A one-bit image; its header is all that is looked at before it is refused. */
  private static byte[] blackPng(int width, int height) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {1, 0, 0, 0, 0});
    chunk(png, "IHDR", header.toByteArray());
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(rows)) {
      deflated.write(new byte[1 + (width + 7) / 8]);
    }
    chunk(png, "IDAT", rows.toByteArray());
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] content)
      throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    DataOutputStream out = new DataOutputStream(png);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) sum.getValue());
  }

  private static String shader(String image) {
    return "<shader name=\"s\">\n<image_texture name=\"i\" filename=\""
        + image
        + "\"/><emission name=\"e\"/><connect from=\"i color\" to=\"e color\"/>"
        + "<connect from=\"e emission\" to=\"output surface\"/></shader>";
  }

  private static String scene(String image) {
    return "<cycles><integrator use_adaptive_sampling=\"false\"/><camera fov=\"0.6\"/>\n"
        + shader(image)
        + "<state shader=\"s\"><mesh P=\"-1 -1 3 1 -1 3 1 1 3 -1 1 3\" nverts=\"4\""
        + " verts=\"0 1 2 3\" UV=\"0 0 1 0 1 1 0 1\"/></state></cycles>";
  }

  /** The image; the scene must have nothing to warn of. */
  private static float[] render(Path file) {
    try (CyclesScene scene = CyclesScene.open(file, SETTINGS.asStrict());
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device)) {
      assertEquals(List.of(), scene.warnings());
      scene.push(session);
      try (NativeMemory film =
          session.render(0, 0, SIDE, SIDE, 0, 1, scene.filmLayout().stride())) {
        return scene.pixels(film, 1, "combined");
      }
    }
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
