// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong numbers anywhere in a scene don't end the process that renders it. */
@Tag("slow")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HostileScenesTest {
  private static final int ROUNDS = 400;

  @TempDir Path scratch;

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theProcessLives(long seed) throws IOException, InterruptedException {
    Path said = scratch.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + scratch.resolve("error.log"),
                "-D"
                    + CyclesNative.DIRECTORY_PROPERTY
                    + "="
                    + System.getProperty(CyclesNative.DIRECTORY_PROPERTY),
                "-cp",
                System.getProperty("java.class.path"),
                HostileScenes.class.getName(),
                Long.toString(seed),
                Integer.toString(ROUNDS))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    int code = process.waitFor();
    String text = Files.readString(said, StandardCharsets.UTF_8);
    String end = text.substring(Math.max(0, text.length() - 2_000));
    assertEquals(0, code, "seed " + seed + ": " + end);
    // wrong numbers that do no harm are rendered, most others refused
    int taken = Integer.parseInt(end.replaceFirst("(?s).*taken (\\d+) of.*", "$1"));
    assertTrue(taken > ROUNDS / 10 && taken < ROUNDS, "seed " + seed + ": " + end);
  }
}
