// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.paceline.api.NativeMemory;

/** A program that renders scenes and prints what must not depend on its locale. */
final class LocaleProgram {
  /** Stands for a picture without light. */
  static final String BLACK = "black";

  private static final int WIDTH = 48;
  private static final int HEIGHT = 32;
  private static final int SAMPLES = 2;

  private LocaleProgram() {}

  public static void main(String[] scenes) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String scene : scenes) {
      out.println(film(Path.of(scene)));
    }
    out.println(message());
  }

  private static String film(Path file) {
    CyclesSettings settings =
        CyclesSettings.withSamples(SAMPLES).withSize(WIDTH, HEIGHT).withThreads(2);
    try (CyclesScene scene = CyclesScene.open(file, settings);
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device)) {
      scene.push(session);
      int stride = scene.filmLayout().stride();
      try (NativeMemory film = session.render(0, 0, WIDTH, HEIGHT, 0, SAMPLES, stride)) {
        float[] pixels = scene.pixels(film, SAMPLES, "combined");
        float light = 0;
        for (int i = 0; i < pixels.length; i += 4) {
          light += pixels[i];
        }
        return light == 0 ? BLACK : Integer.toHexString(Arrays.hashCode(pixels)) + " " + light;
      }
    }
  }

  private static String message() {
    try (CyclesSceneBuilder scene = CyclesScene.builder(CyclesSettings.withSamples(1))) {
      scene.camera(3.5f, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
      return "no exception";
    } catch (CyclesException e) {
      return e.getMessage();
    }
  }
}
