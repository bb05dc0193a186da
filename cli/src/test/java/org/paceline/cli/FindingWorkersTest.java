// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts and workers come together without anybody naming a worker. */
@Tag("slow")
@Timeout(180)
class FindingWorkersTest {
  @TempDir private Path directory;
  private Path key;
  private Path config;

  @BeforeEach
  void makeKey() throws Exception {
    // other tests' workers announce themselves on the same loopback
    key = Files.writeString(directory.resolve("key"), UUID.randomUUID() + "\n");
    // a busy machine may let one of them stand still for seconds
    config =
        Files.writeString(
            directory.resolve("cluster.conf"), "paceline { heartbeat-timeout = 20s }\n");
  }

  @Test
  void anAnnouncedWorkerIsListedRendersAndLeaves() throws Exception {
    try (CliProcess worker = worker("--listen=127.0.0.1:0");
        CliProcess nodes = CliProcess.start("nodes", "--watch", "--key-file=" + key)) {
      String endpoint =
          worker
              .awaitLine(line -> line.startsWith(WorkerCommand.LISTENING))
              .substring(WorkerCommand.LISTENING.length());
      String idle = nodes.awaitLine(line -> line.contains(endpoint));
      assertTrue(idle.contains("threads: 1") && idle.contains("  idle  "), idle);
      assertTrue(idle.endsWith("  yours"), idle);
      try (CliProcess demo = demo("--discover", "--verbose", "--samples=100000")) {
        demo.awaitLine(line -> line.contains("  1 worker"));
        Pattern busy = Pattern.compile("  busy +[1-9][0-9.]* [kM]");
        nodes.awaitLine(line -> line.contains(endpoint) && busy.matcher(line).find());
        worker.interrupt();
        assertEquals(ExitCodes.INTERRUPTED, worker.awaitExit(), worker.said());
        demo.awaitLine(line -> line.contains(" left"));
        assertFalse(demo.said().contains(" lost: "), demo::said);
        demo.interrupt();
        assertEquals(ExitCodes.INTERRUPTED, demo.awaitExit(), demo.said());
      }
    }
  }

  @Test
  void topShowsTheWorkersThatAnnounceTheirMetrics() throws Exception {
    Path otherKey = Files.writeString(directory.resolve("other"), UUID.randomUUID() + "\n");
    try (CliProcess worker = worker("--listen=127.0.0.1:0", "--metrics=127.0.0.1:0");
        CliProcess quiet = worker("--listen=127.0.0.1:0");
        CliProcess top = CliProcess.start("top", "--key-file=" + key);
        CliProcess stranger = CliProcess.start("top", "--key-file=" + otherKey)) {
      String url = worker.awaitLine(line -> line.startsWith("metrics at http://"));
      String at = url.substring("metrics at http://".length()).replace("/metrics", " ");
      quiet.awaitLine(line -> line.startsWith(WorkerCommand.LISTENING));
      top.awaitLine(line -> line.startsWith(at) && line.contains("without host"));
      worker.interrupt();
      assertEquals(ExitCodes.INTERRUPTED, worker.awaitExit(), worker.said());
      top.awaitLine(line -> line.startsWith("No worker of yours announces metrics"));
      stranger.awaitLine(line -> line.startsWith("No worker of yours announces metrics"));
      assertFalse(stranger.said().contains(at), stranger::said);
    }
  }

  @Test
  void aWorkerThatDialsTheHostRenders() throws Exception {
    try (CliProcess demo = demo("--listen=127.0.0.1:0", "--samples=4")) {
      String waiting = "Waiting for workers at ";
      String at = demo.awaitLine(line -> line.startsWith(waiting)).substring(waiting.length());
      try (CliProcess worker = worker("--join=" + at)) {
        assertEquals(ExitCodes.OK, demo.awaitExit(), demo::said);
        worker.awaitLine(line -> line.contains("no host at " + at));
      }
    }
  }

  private CliProcess worker(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("worker", "--key-file=" + key, "--config=" + config));
    arguments.addAll(List.of("--device=reference", "--threads=1"));
    arguments.addAll(List.of(options));
    return CliProcess.startCommand(ChildJvm.command(arguments));
  }

  private CliProcess demo(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("demo", "--key-file=" + key, "--config=" + config));
    arguments.add("--output=" + directory.resolve("a.png"));
    arguments.addAll(List.of(options));
    return CliProcess.startCommand(ChildJvm.command(arguments));
  }
}
