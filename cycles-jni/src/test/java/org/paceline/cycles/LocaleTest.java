// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.testnet.MadeLocale;

/**
 * A JVM takes over its user's locale; neither the image nor a number in a message may depend on it.
 */
@Tag("slow")
@Timeout(300)
class LocaleTest {
  private static final String COMMA = "de_DE";

  @TempDir Path directory;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
    assumeTrue(MadeLocale.problem(COMMA) == null, MadeLocale.problem(COMMA));
  }

  @Test
  void aDecimalCommaChangesNoBit() throws Exception {
    List<String> scenes =
        List.of(Path.of("..", "examples", "glass.xml").toString(), lamps().toString());
    List<String> point = render(Map.of("LC_ALL", "C.UTF-8"), scenes);
    List<String> comma = render(MadeLocale.make(COMMA, directory).environment(), scenes);
    assertEquals(point, comma);
    assertEquals(scenes.size() + 1, point.size(), point.toString());
    assertFalse(String.join("\n", point).contains(LocaleProgram.BLACK), point.toString());
  }

  /** Lamps whose files Cycles reads while it compiles shaders, on threads of its own. */
  private Path lamps() throws IOException {
    StringBuilder scene = new StringBuilder("<cycles><camera fov=\"0.9\"/>\n");
    for (int i = 0; i < 8; i++) {
      Path lamp =
          Files.writeString(
              directory.resolve("lamp" + i + ".ies"),
              "IESNA:LM-63-2002\nTILT=NONE\n1 1000.5 1.5 3 1 1 2 0.1 0.1 0.1\n1.5 1.25 100.5\n"
                  + ("0 45.5 90.5\n0\n1000." + i + " 700.25 10.5\n"));
      float x = i % 4 - 1.5f;
      int row = i / 4;
      float y = row - 0.5f;
      scene.append(
          String.format(
              Locale.ROOT,
              """
              <shader name="lamp%d"><ies_light name="file" filename="%s" strength="0.75"/>
                <emission name="glow" color="1 0.9 0.8"/>
                <connect from="file fac" to="glow strength"/>
                <connect from="glow emission" to="output surface"/></shader>
              <state shader="lamp%d"><mesh P="%f %f 4  %f %f 4.5  %f %f 4" nverts="3" verts="0 1 2"/>
              </state>
              """,
              i,
              lamp,
              i,
              x,
              y,
              x + 0.5f,
              y,
              x,
              y + 0.5f));
    }
    return Files.writeString(directory.resolve("lamps.xml"), scene.append("</cycles>"));
  }

  private List<String> render(Map<String, String> locale, List<String> scenes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    String nativeDir = System.getProperty(CyclesNative.DIRECTORY_PROPERTY);
    command.add("-D" + CyclesNative.DIRECTORY_PROPERTY + "=" + nativeDir);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(LocaleProgram.class.getName());
    command.addAll(scenes);
    Path errors = directory.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().putAll(locale);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> said + read(errors));
    return said.lines().toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
