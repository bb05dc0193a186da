// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.paceline.api.NativeMemory;

/** The split renders what Cycles' own program renders: one unit, to the last bit. */
@Tag("slow")
class SplitTest {
  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;
  private static final int SAMPLES = 4;

  @TempDir Path scratch;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "examples"))) {
      return files.filter(file -> file.toString().endsWith(".xml")).sorted().toList();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void equalsStandalone(Path scene) throws Exception {
    Exr expected =
        Exr.read(Native.standalone(scene, WIDTH, HEIGHT, SAMPLES, scratch, "cycles.exr"));
    Path output = scratch.resolve("split.exr");
    CyclesSettings settings =
        CyclesSettings.withSamples(SAMPLES).withSize(WIDTH, HEIGHT).withThreads(2);
    try (CyclesScene opened = CyclesScene.open(scene, settings);
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device)) {
      opened.push(session);
      int stride = opened.filmLayout().stride();
      try (NativeMemory film = session.render(0, 0, WIDTH, HEIGHT, 0, SAMPLES, stride)) {
        assertNotNull(film);
        opened.writeImage(film, SAMPLES, output, "", List.of());
      }
    }
    assertSame(expected, Exr.read(output));
  }

  private static void assertSame(Exr expected, Exr actual) {
    assertEquals(expected.channels().keySet(), actual.channels().keySet());
    double sum = 0;
    StringBuilder different = new StringBuilder();
    for (String channel : expected.channels().keySet()) {
      float[] wanted = expected.channels().get(channel);
      float[] got = actual.channels().get(channel);
      for (int i = 0; i < wanted.length; i++) {
        sum += wanted[i];
        if (Float.compare(wanted[i], got[i]) != 0) {
          different.append(
              String.format(
                  Locale.ROOT,
                  "%n%s(%d,%d): %s instead of %s",
                  channel,
                  i % WIDTH,
                  i / WIDTH,
                  got[i],
                  wanted[i]));
        }
      }
    }
    assertTrue(sum > 0, "the image is black");
    assertEquals("", different.toString());
  }
}
