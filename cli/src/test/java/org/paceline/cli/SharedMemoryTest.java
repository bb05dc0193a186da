// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a small, a full and another container's {@code /dev/shm} mean for a render. */
@Tag("slow")
@Timeout(180)
class SharedMemoryTest {
  private static final String LISTENING = "listening on ";

  @TempDir private Path directory;

  @BeforeEach
  void needsNamespaces() throws IOException, InterruptedException {
    Mounts.require();
  }

  private List<String> demo(String... more) throws IOException {
    // on a busy machine it takes a while until both have loaded Aeron
    Path config = directory.resolve("cluster.conf");
    Files.writeString(config, "paceline { heartbeat-timeout = 10s }\n");
    List<String> arguments =
        new ArrayList<>(List.of("demo", "--verbose", "--width=64", "--height=36"));
    arguments.addAll(List.of("--output=" + directory.resolve("image.png"), "--config=" + config));
    arguments.addAll(List.of(more));
    return ChildJvm.command(arguments);
  }

  private static void assertSaysWhatIsMissing(CliProcess process, String needed) {
    String said = process.said();
    assertTrue(said.contains(needed + " of /dev/shm, which has "), said);
    assertTrue(said.contains("MiB left: enlarge it"), said);
    assertFalse(said.contains("unsafe memory access"), said);
    assertFalse(said.contains("No space left"), said);
  }

  @ParameterizedTest
  @CsvSource({
    "8, aeron, 13 MiB",
    "16, aeron, 25 MiB",
    "8, ipc, 110 MiB",
    "64, ipc, 110 MiB",
  })
  void tooLittleEndsAnOwnWorkerAtOnceAndSaysHowMuchIsNeeded(
      int mebibytes, String transport, String needed) throws Exception {
    List<String> command = demo("--samples=4", "--workers=1", "--transport=" + transport);
    try (CliProcess demo = CliProcess.startCommand(Mounts.withSharedMemory(mebibytes, command))) {
      assertEquals(ExitCodes.FAILED, demo.awaitExit(), demo.said());
      assertSaysWhatIsMissing(demo, needed);
    }
  }

  @Test
  void autoGoesOnOverTcpAndSaysWhy() throws Exception {
    List<String> command = demo("--samples=4", "--workers=2", "--transport=auto");
    try (CliProcess demo = CliProcess.startCommand(Mounts.withSharedMemory(64, command))) {
      assertEquals(ExitCodes.OK, demo.awaitExit(), demo.said());
      assertSaysWhatIsMissing(demo, "110 MiB");
      assertTrue(demo.said().contains("attached over tcp"), demo.said());
    }
  }

  @ParameterizedTest
  @CsvSource({"ipc", "aeron"})
  void fillingUpWhileItRendersChangesNothing(String transport) throws Exception {
    List<String> command = demo("--samples=300", "--workers=2", "--transport=" + transport);
    try (CliProcess demo = CliProcess.startCommand(Mounts.withSharedMemory(400, command))) {
      demo.awaitSamples(1);
      fill(Path.of("/proc/" + demo.pid() + "/root/dev/shm"));
      assertEquals(ExitCodes.OK, demo.awaitExit(), demo.said());
      assertFalse(demo.said().contains("lost"), demo.said());
      assertFalse(demo.said().contains("unsafe memory access"), demo.said());
    }
  }

  private static void fill(Path sharedMemory) throws IOException {
    byte[] zeros = new byte[1 << 20];
    try (OutputStream file = Files.newOutputStream(sharedMemory.resolve("fill"))) {
      while (true) {
        file.write(zeros);
      }
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("No space left"), e::getMessage);
    }
    assertEquals(0, sharedMemory.toFile().getUsableSpace() >> 20);
  }

  @Test
  void autoDoesNotTrySharedMemoryThatIsAnotherContainers() throws Exception {
    String said = renderOnAWorker(true);
    assertTrue(said.contains("attached over tcp (both have nothing faster"), said);
    assertFalse(said.contains("ipc"), said);
  }

  /** A worker that listens on all addresses is on this machine, too. */
  @Test
  void autoTakesSharedMemoryThatBothSee() throws Exception {
    String said = renderOnAWorker(false);
    assertTrue(said.contains("attached over ipc (it is on this machine"), said);
  }

  private String renderOnAWorker(boolean elsewhere) throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "a key of these tests\n");
    List<String> listen = List.of("worker", "--listen=0.0.0.0:0", "--device=reference");
    List<String> command = new ArrayList<>(ChildJvm.command(listen));
    command.add("--key-file=" + key);
    try (CliProcess worker =
        CliProcess.startCommand(elsewhere ? Mounts.withSharedMemory(256, command) : command)) {
      String line = worker.awaitLine(candidate -> candidate.contains(LISTENING));
      String port = line.replaceAll(".*:(\\d+)\\D*$", "$1");
      List<String> demo =
          demo(
              "--samples=4", "--transport=auto", "--worker=127.0.0.1:" + port, "--key-file=" + key);
      try (CliProcess host = CliProcess.startCommand(demo)) {
        assertEquals(ExitCodes.OK, host.awaitExit(), host.said());
        return host.said();
      }
    }
  }
}
