// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.cycles.CyclesSettings;
import org.paceline.cycles.Native;
import org.paceline.transport.rdma.RequiresRdma;

/**
 * Images that come over RDMA, where there is a device: those that come over TCP, bit for bit. The
 * last test leaves one worker only: starting them takes longest.
 */
@Tag("slow")
@Timeout(800)
@Tag("rdma")
@ExtendWith(RequiresRdma.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RdmaImageTest {
  private static final String KEY = "the fabric's key";
  private static final Path SCENE = Path.of("..", "examples", "textures.xml");

  /** So small that a processor in software renders it in seconds. */
  private static final CyclesSettings SETTINGS = CyclesSettings.withSamples(16).withSize(48, 27);

  /** An emulated machine may stand still for seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private static Path scratch;

  private static final List<WorkerProcesses> workers = new ArrayList<>();
  private static final List<Endpoint> endpoints = new ArrayList<>();
  private static byte[] expected;

  @BeforeAll
  static void renderOverTcp() throws Exception {
    Native.require();
    Files.writeString(
        scratch.resolve("worker.conf"),
        "paceline { heartbeat-timeout = " + PATIENCE.toSeconds() + "s }\n");
    // One after the other: side by side they would take too long to start on one slow processor.
    for (int i = 0; i < 2; i++) {
      workers.add(start());
      endpoints.addAll(workers.get(i).awaitEndpoints());
    }
    expected = render(over("tcp", 1 << 20, endpoints), job -> {});
  }

  @AfterAll
  static void endWorkers() {
    workers.forEach(WorkerProcesses::close);
  }

  private static WorkerProcesses start() {
    Endpoint listen = new Endpoint("tcp", RequiresRdma.address().orElseThrow(), 0);
    WorkerLaunch launch =
        WorkerLaunch.of("cycles", 1)
            .withListen(listen)
            .withKey(KEY)
            .withConfig(Optional.of(scratch.resolve("worker.conf")), Optional.empty());
    return WorkerProcesses.start(1, launch, System.err::println);
  }

  /** Chunks of a size of their own, so that no worker has them from a session before. */
  private static ClusterConfig over(String transport, int chunkBytes, List<Endpoint> workers) {
    return ClusterConfig.builder()
        .workers(workers)
        .key(KEY)
        .transport(transport)
        .chunkBytes(chunkBytes)
        .heartbeatTimeout(PATIENCE)
        .build();
  }

  private static byte[] render(ClusterConfig config, ClusterRender.Incident incident)
      throws Exception {
    return ClusterRender.render(SCENE, SETTINGS, config, scratch.resolve("image.exr"), incident);
  }

  @Test
  @Order(1)
  void twoWorkersRenderTheSameBitsOverRdmaAndOverTcp() throws Exception {
    assertArrayEquals(expected, render(over("rdma", 256 << 10, endpoints), job -> {}));
  }

  @Test
  @Order(2)
  void workerThatIsKilledMidRenderDoesNotChangeABit() throws Exception {
    ClusterRender.Incident death =
        job -> {
          ClusterRender.awaitFraction(job, 0.1);
          workers.get(1).get(0).kill();
        };
    assertArrayEquals(expected, render(over("rdma", 128 << 10, endpoints), death));
  }
}
