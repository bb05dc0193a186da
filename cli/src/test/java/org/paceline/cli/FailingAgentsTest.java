// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.DurationHistogram;
import org.paceline.api.WorkerStatus;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Transport;

/** Processes whose agents fail end, and leave what they have. */
@Tag("slow")
@Timeout(300)
class FailingAgentsTest {
  private static final String FAULT = "a fault occurred in an unsafe memory access operation";

  @TempDir private Path directory;
  private Path fault;

  @BeforeEach
  void addTransport() throws Exception {
    fault = directory.resolve("fault");
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(Transport.class.getName()), FaultyTransport.class.getName() + "\n");
  }

  /** A process that has the faulty transport, too. */
  private CliProcess start(Map<String, String> environment, String... args) {
    List<String> command = new ArrayList<>(ChildJvm.command(List.of(args)));
    int classPath = command.indexOf("-cp") + 1;
    command.set(classPath, directory + ":" + command.get(classPath));
    List<String> withEnvironment = new ArrayList<>(List.of("env"));
    environment.forEach((name, value) -> withEnvironment.add(name + "=" + value));
    withEnvironment.addAll(command);
    return CliProcess.startCommand(withEnvironment);
  }

  private CliProcess worker(Map<String, String> environment, String listen) {
    return start(environment, "worker", "--device=reference", "--threads=1", "--listen=" + listen);
  }

  private static Endpoint endpoint(CliProcess worker) throws InterruptedException {
    String line = worker.awaitLine(said -> said.startsWith(WorkerCommand.LISTENING));
    return Endpoint.parse(line.substring(WorkerCommand.LISTENING.length()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHostWhoseThreadFailsWritesWhatItHasAndExits(boolean anotherThread) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put(FaultyTransport.FAULT_VARIABLE, fault.toString());
    if (anotherThread) {
      environment.put(FaultyTransport.THREAD_VARIABLE, "yes");
    }
    Path output = directory.resolve("a.png");
    Path checkpoint = directory.resolve("a.ckpt");
    try (CliProcess worker = worker(Map.of(), "127.0.0.1:0")) {
      Endpoint at = endpoint(worker);
      try (CliProcess host =
          start(
              environment,
              "demo",
              "--output=" + output,
              "--checkpoint=" + checkpoint,
              "--checkpoint-interval=1h",
              "--samples=100000",
              "--worker=faulty://127.0.0.1:" + at.port())) {
        host.awaitSamples(1);
        Files.createFile(fault);
        assertEquals(ExitCodes.FAILED, host.awaitExit(), host.said());
        assertTrue(host.said().contains(FAULT), host.said());
        assertTrue(host.said().contains("the image has "), host.said());
        assertNotNull(ImageIO.read(output.toFile()), "the image");
        assertTrue(Files.size(checkpoint) > 0, "the checkpoint");
      }
    }
  }

  @Test
  void aWorkerWhoseThreadFailsExitsAndItsPortIsFree() throws Exception {
    Map<String, String> environment = Map.of(FaultyTransport.FAULT_VARIABLE, fault.toString());
    Endpoint at;
    try (CliProcess worker = worker(environment, "faulty://127.0.0.1:0")) {
      at = endpoint(worker);
      try (CliProcess host =
          start(
              Map.of(),
              "demo",
              "--output=" + directory.resolve("a.png"),
              "--samples=100000",
              "--worker=" + at)) {
        host.awaitSamples(1);
        Files.createFile(fault);
        assertEquals(ExitCodes.FAILED, worker.awaitExit(), worker.said());
        assertTrue(worker.said().contains(FAULT), worker.said());
        assertTrue(worker.said().contains("start this worker again"), worker.said());
        Files.delete(fault);
        try (CliProcess again = worker(environment, at.toString())) {
          assertEquals(at, endpoint(again), "the port is free");
          host.awaitLine(line -> line.contains(" 1 worker "));
        }
      }
    }
  }

  @Test
  void aLocalWorkerThatCannotBeReachedIsNotWaitedForForEver() throws Exception {
    List<String> messages = new CopyOnWriteArrayList<>();
    try (WorkerProcesses processes =
        WorkerProcesses.start(2, WorkerLaunch.of("reference", 1), messages::add)) {
      List<Endpoint> endpoints = processes.awaitEndpoints();
      LocalWorkers local = new LocalWorkers(endpoints, processes);
      String reason = "need 96 MiB of /dev/shm, which has 0 MiB left";
      WorkerStatus unreached = status(endpoints.get(0).toString(), "", reason);
      WorkerStatus lost = status(endpoints.get(1).toString(), "vm:12", reason);
      WorkerStatus elsewhere = status("farm:4711", "", reason);
      List<WorkerStatus> all = List.of(unreached, lost, elsewhere);
      local.observe(all, 0);
      local.observe(all, LocalWorkers.REACH_LIMIT_NS);
      assertTrue(!local.isGoneForGood(unreached), "too early");
      local.observe(all, LocalWorkers.REACH_LIMIT_NS + 1);
      assertTrue(local.isGoneForGood(unreached));
      assertTrue(!local.isGoneForGood(lost), "it was there, and may come back");
      assertTrue(!local.isGoneForGood(elsewhere), "others may start it");
      assertTrue(local.reasons(List.of(unreached)).contains(reason));
      assertEquals(0, local.endings().count());
      processes.get(1).kill();
      assertTrue(local.endings().toList().toString().contains("worker 2 was killed (signal 9"));
    }
  }

  private static WorkerStatus status(String endpoint, String name, String detail) {
    return new WorkerStatus(
        endpoint,
        name,
        "",
        WorkerStatus.State.CONNECTING,
        detail,
        0,
        0,
        DurationHistogram.EMPTY,
        0,
        0);
  }
}
