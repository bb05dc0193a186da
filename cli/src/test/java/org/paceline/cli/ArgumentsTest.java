// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong arguments are refused before anything is started, with the value and what to do. */
class ArgumentsTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"demo", "render", "worker", "nodes", "bench", "version"})
  void everyCommandHasHelp(String command) {
    CliRun run = CliRun.of(command, "--help");
    assertEquals(ExitCodes.OK, run.exitCode());
    assertTrue(run.out().startsWith("Usage: paceline " + command), run.out());
    assertTrue(run.out().lines().allMatch(line -> line.length() <= 80), run.out());
  }

  @Test
  void helpListsCommandsAndExitCodes() {
    CliRun run = CliRun.of("--help");
    assertEquals(ExitCodes.OK, run.exitCode());
    for (String word : new String[] {"render", "worker", "native", "test", "130"}) {
      assertTrue(run.out().contains(word), word);
    }
    assertTrue(run.out().lines().allMatch(line -> line.length() <= 80), run.out());
  }

  @Test
  void versionComesFromTheBuild() {
    CliRun run = CliRun.of("--version");
    assertEquals(ExitCodes.OK, run.exitCode());
    assertTrue(run.out().matches("paceline \\d+\\.\\d+\\.\\d+.*\\R"), run.out());
    assertTrue(CliRun.of("version").out().contains("device reference: available"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "| give a command",
        "rendr | rendr",
        "render | SCENE",
        "render %s/no.xml -o %s/a.png | no.xml: no such scene file",
        "render %s/no.xml | --output",
        "render %s/no.xml -o %s/a.tiff | must end in .exr or .png",
        "render %s/no.xml -o %s/none/a.png | there is no directory",
        "render %s/no.xml -o %s/a.exr --adaptive | --adaptive",
        "render %s/no.xml -o %s/a.png --passes depth | only an .exr",
        "render %s/no.xml -o %s/a.png --layer-names | only an .exr has channel names",
        "demo -o %s/a.exr | must end in .png",
        "demo -o %s/a.png --workers 0 | --workers=0",
        "demo -o %s/a.png --workers 2 --worker a:1 | give one of them",
        "demo -o %s/a.png --worker a:port | must be a port number",
        "demo -o %s/a.png --worker a:1 --threads 2 | add --local",
        "demo -o %s/a.png --threads 0 | --threads=0",
        "demo -o %s/a.png --memory lots | 'lots' is no size",
        "demo -o %s/a.png --key-file %s/no | no such key file",
        "demo -o %s/a.png --config %s/no.conf | no such configuration file",
        "demo -o %s/a.png --width 0 | width=0",
        "demo -o %s/a.png --samples many | many",
        "demo -o %s/a.png --worker a[1-2:3 | this '[' has no ']'",
        "demo -o %s/a.png --listen here:port | must be a port number",
        "demo -o %s/a.png --discover --memory 1GiB | add --local",
        "nodes --wait -1 | --wait=-1",
        "worker --join here:port | --join",
        "worker --join a:1 --listen b:2 | leave out --listen",
        "worker --threads 0 | --threads=0",
        "worker --memory much | 'much' is no size",
        "worker --listen here:port | must be a port number",
        "worker --device abacus | [cycles, reference]",
        "bench --runs 0 | at least 1",
      })
  void wrongArgumentsEndWithUsage(String line, String expected) {
    String[] args =
        line == null ? new String[0] : line.replace("%s", directory.toString()).split(" ");
    CliRun run = CliRun.of(args);
    assertEquals(ExitCodes.USAGE, run.exitCode(), run.err());
    assertTrue(run.err().contains(expected), run.err());
    assertTrue(!run.err().contains("\tat "), run.err());
  }

  @Test
  void sizesOfARenderComeInPairs() throws IOException {
    Path scene = Files.writeString(directory.resolve("scene.xml"), "<cycles/>");
    CliRun run =
        CliRun.of(
            "render", scene.toString(), "-o", directory.resolve("a.png").toString(), "--width=9");
    assertEquals(ExitCodes.USAGE, run.exitCode());
    assertTrue(run.err().contains("give both"), run.err());
  }

  @Test
  void configurationErrorsNameTheLine() throws IOException {
    Path config =
        Files.writeString(directory.resolve("a.conf"), "paceline {\n  units-in-fligt = 2\n}\n");
    CliRun run = CliRun.of("demo", "-o", directory + "/a.png", "--config", config.toString());
    assertEquals(ExitCodes.USAGE, run.exitCode());
    assertTrue(run.err().contains("a.conf:2"), run.err());
  }

  @Test
  void verboseShowsWhereAnErrorCameFrom() {
    CliRun run = CliRun.of("demo", "-v", "-o", directory.resolve("a.exr").toString());
    assertTrue(run.err().contains("\tat org.paceline.cli"), run.err());
  }
}
