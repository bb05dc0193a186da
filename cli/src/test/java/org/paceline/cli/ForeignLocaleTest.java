// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.testnet.MadeLocale;

/** The command under locales with other digits, decimal points and rules for capital letters. */
@Tag("slow")
@Timeout(300)
class ForeignLocaleTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"de_DE", "tr_TR", "fa_IR"})
  void whatIsWrittenIsWhatTheCLocaleWrites(String name) throws Exception {
    Map<String, String> foreign = locale(name).environment();
    try (CliProcess here = demo(Map.of("LC_ALL", "C.UTF-8"), "c")) {
      assertEquals(ExitCodes.OK, here.awaitExit(), here.said());
    }
    try (CliProcess there = demo(foreign, "foreign")) {
      assertEquals(ExitCodes.OK, there.awaitExit(), there.said());
      assertAscii(there.said());
    }
    assertArrayEquals(bytes("c.png"), bytes("foreign.png"));
    assertArrayEquals(bytes("c.ckpt"), bytes("foreign.ckpt"));
    assertAscii(Files.readString(directory.resolve("foreign.html")));
    String json = Files.readString(directory.resolve("foreign.json"));
    assertAscii(json);
    assertEquals("done", ConfigFactory.parseString(json).getString("state"));
    try (CliProcess again = demo(foreign, "c", "--resume")) {
      assertEquals(ExitCodes.OK, again.awaitExit(), again.said());
      assertTrue(again.said().contains("100.0 % is done"), again.said());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr_TR", "fa_IR"})
  void hostsHaveTheNamesThatDnsKnows(String name) throws Exception {
    Map<String, String> environment = new HashMap<>(locale(name).environment());
    String output = "--output=" + directory.resolve("a.png");
    try (CliProcess demo =
        CliProcess.startUnder(environment, "demo", output, "--worker=node[01-03].invalid")) {
      awaitNames(demo);
    }
    environment.put("SLURM_JOB_NODELIST", "node[01-03].invalid");
    Path key = Files.writeString(directory.resolve("key"), "secret\n");
    try (CliProcess demo =
        CliProcess.startUnder(
            environment, "demo", output, "--discover", "--key-file=" + key, "--verbose")) {
      awaitNames(demo);
    }
  }

  private static void awaitNames(CliProcess demo) throws InterruptedException {
    demo.awaitLine(line -> line.startsWith("No worker attached yet"));
    demo.kill();
    demo.awaitExit();
    assertTrue(demo.said().contains("node03.invalid:4711"), demo.said());
    assertAscii(demo.said());
  }

  private MadeLocale locale(String name) {
    String problem = MadeLocale.problem(name);
    assumeTrue(problem == null, problem);
    return MadeLocale.make(name, directory);
  }

  private CliProcess demo(Map<String, String> environment, String file, String... more) {
    List<String> arguments = new ArrayList<>(List.of("demo", "--workers=1", "--timings"));
    arguments.addAll(List.of("--width=48", "--height=40", "--samples=8"));
    arguments.add("--output=" + directory.resolve(file + ".png"));
    arguments.add("--checkpoint=" + directory.resolve(file + ".ckpt"));
    arguments.add("--report=" + directory.resolve(file + ".html"));
    arguments.add("--report=" + directory.resolve(file + ".json"));
    arguments.addAll(List.of(more));
    return CliProcess.startUnder(environment, arguments.toArray(String[]::new));
  }

  private byte[] bytes(String name) throws Exception {
    return Files.readAllBytes(directory.resolve(name));
  }

  private static void assertAscii(String text) {
    assertTrue(text.chars().allMatch(each -> each < 128), text);
  }
}
