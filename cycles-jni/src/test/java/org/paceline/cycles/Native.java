// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.paceline.api.device.DeviceOptions;

/** What tests need of the native build. */
public final class Native {
  private Native() {}

  /** Skips the test where the library was not built; a build that ran must load. */
  public static void require() {
    String directory = System.getProperty(CyclesNative.DIRECTORY_PROPERTY, "");
    Assumptions.assumeFalse(directory.isEmpty(), "no " + CyclesNative.DIRECTORY_PROPERTY);
    assertEquals("", CyclesNative.unavailable());
  }

  static CyclesDevice device() {
    return new CyclesDevice(new DeviceOptions(2, "auto"));
  }

  /**
   * Renders with Cycles' own program, adaptive sampling off.
   *
   * @param file name of the image inside {@code scratch}
   */
  public static Path standalone(
      Path scene, int width, int height, int samples, Path scratch, String file)
      throws IOException, InterruptedException {
    Path output = scratch.resolve(file);
    Path uniform = wrapped(scene, "use_adaptive_sampling=\"false\"", scratch);
    Path program = Path.of(System.getProperty(CyclesNative.DIRECTORY_PROPERTY), "bin", "cycles");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--samples",
                Integer.toString(samples),
                "--width",
                Integer.toString(width),
                "--height",
                Integer.toString(height),
                "--threads",
                "2",
                "--background",
                "--output",
                output.toString(),
                uniform.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    Files.delete(uniform);
    assertTrue(Files.size(output) > 0, said);
    return output;
  }

  /** A scene that includes the given one and sets attributes of its integrator. */
  public static Path wrapped(Path scene, String integrator, Path scratch) throws IOException {
    Path directory = scene.toAbsolutePath().getParent();
    Path link = scratch.resolve("scene-directory-" + System.nanoTime());
    Files.createSymbolicLink(link, directory);
    Path wrapper = scratch.resolve("wrapper-" + System.nanoTime() + ".xml");
    Files.writeString(
        wrapper,
        "<cycles><include src=\""
            + link.getFileName()
            + "/"
            + scene.getFileName()
            + "\"/><integrator "
            + integrator
            + "/></cycles>");
    return wrapper;
  }
}
