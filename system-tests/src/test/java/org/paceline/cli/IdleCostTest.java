// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What processes cost a machine that others work at, as long as there is nothing to render. */
@Tag("slow")
@Timeout(240)
class IdleCostTest {
  /** In which the JVM has compiled what runs all the time. */
  private static final long SETTLED_S = 10;

  private static final long MEASURED_S = 20;

  /** Twice what it takes: other tests change the processor's speed. */
  private static final double MOST_OF_A_WORKER = 0.02;

  /** It dials its worker four times a second, and the JVM compiles that for longer. */
  private static final double MOST_OF_A_HOST = 0.04;

  /** Without the launcher's archive of class data. */
  private static final long MOST_BYTES = 240 << 20;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cycles"})
  void anIdleWorkerTakesLittleTimeAndMemory(String device) throws Exception {
    assumeTrue(
        device.equals("reference") || !System.getProperty("paceline.native.dir", "").isEmpty(),
        "the Cycles bridge isn't built");
    try (CliProcess worker =
        start("worker", "--listen=0.0.0.0:0", "--key-file=" + key(), "--device=" + device)) {
      worker.awaitLine(line -> line.startsWith("listening on "));
      assertIdle(worker.pid(), MOST_OF_A_WORKER);
      long resident = residentBytes(worker.pid());
      assertTrue(resident < MOST_BYTES, () -> (resident >> 20) + " MiB are resident");
    }
  }

  @Test
  void aHostThatWaitsForWorkersTakesLittleTime() throws Exception {
    try (CliProcess host =
        start(
            "demo",
            "--output=" + directory.resolve("a.png"),
            "--worker=127.0.0.1:1",
            "--key-file=" + key())) {
      host.awaitLine(line -> line.contains("waiting for"));
      assertIdle(host.pid(), MOST_OF_A_HOST);
    }
  }

  private Path key() throws IOException {
    return Files.writeString(directory.resolve("key"), "of this test\n");
  }

  /** With the flags of the launcher. */
  private static CliProcess start(String... arguments) throws IOException {
    Matcher flags =
        Pattern.compile("^jvm_flags=\\((.*)\\)$", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("..", "paceline")));
    assertTrue(flags.find(), "the launcher has no flags");
    List<String> command = new ArrayList<>(ChildJvm.command(List.of(arguments)));
    Stream.of(flags.group(1).split(" "))
        .filter(flag -> flag.startsWith("-XX:"))
        .forEach(flag -> command.add(1, flag));
    return CliProcess.startCommand(command);
  }

  private static void assertIdle(long pid, double most) throws InterruptedException {
    TimeUnit.SECONDS.sleep(SETTLED_S);
    Duration before = cpuTime(pid);
    TimeUnit.SECONDS.sleep(MEASURED_S);
    Duration used = cpuTime(pid).minus(before);
    assertTrue(
        used.toMillis() < most * MEASURED_S * 1_000,
        () -> used.toMillis() + " ms of CPU time in " + MEASURED_S + " s");
  }

  private static Duration cpuTime(long pid) {
    return ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
  }

  private static long residentBytes(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("process " + pid + " has no VmRSS");
  }
}
