// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.core.host.FilmAssertions.LAYOUT;
import static org.paceline.core.host.FilmAssertions.assertFilm;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.ClusterConfig;
import org.paceline.api.RenderProgress;
import org.paceline.api.UnitRecord;
import org.paceline.api.WorkerStatus;

/** Host and workers, everything but threads and sockets, with faults. */
class ClusterInVirtualTimeTest {
  private static final int WIDTH = 150;
  private static final int HEIGHT = 70;
  private static final int SAMPLES = 40;
  private static final long LATENCY_NS = 200_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void filmHoldsEverySampleOnceInOrder(int workers) {
    try (SimulatedCluster cluster = new SimulatedCluster(workers, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void workersThatDieHangAndComeBackChangeNothing(long seed) {
    Random random = new Random(seed);
    try (SimulatedCluster cluster = new SimulatedCluster(4, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      for (int fault = 0; fault < 12 && !job.isOver(); fault++) {
        cluster.runUntil(job::isOver, random.nextInt(30));
        SimulatedCluster.Machine machine = cluster.machines.get(random.nextInt(3));
        switch (random.nextInt(5)) {
          case 0 -> machine.kill();
          case 1 -> machine.freeze();
          case 2 -> machine.thaw();
          case 3 -> {
            if (machine.wire != null) {
              machine.wire.silence();
            }
          }
          default -> {
            if (machine.worker == null) {
              machine.start();
            }
          }
        }
      }
      assertTrue(cluster.finish(job), "seed " + seed);
      assertFilm(cluster, job);
    }
  }

  @Test
  void silentWorkerIsLostWithinTheTimeout() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 0, 1_000));
      cluster.machines.get(0).freeze();
      assertTrue(
          cluster.runUntil(
              () -> cluster.host.statuses().get(0).state() == WorkerStatus.State.CONNECTING,
              2_100));
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void jobWaitsForTheFirstWorkerAndGoesOn() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      Job job = scene(cluster);
      cluster.runUntil(() -> false, 500);
      assertEquals(RenderProgress.State.WAITING, job.progress().state());
      cluster.machines.get(0).start();
      assertTrue(cluster.runUntil(() -> job.progress().doneSamples() > 0, 1_000));
      cluster.machines.get(0).kill();
      cluster.runUntil(() -> false, 500);
      assertEquals(RenderProgress.State.WAITING, job.progress().state());
      assertEquals("connection refused", cluster.status(0).detail());
      cluster.machines.get(0).start();
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void workerThatComesBackWarmIsSentTheManifestOnly() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      cluster.buffer("big", 3_000_000, 1);
      Job job = scene(cluster);
      assertTrue(cluster.finish(job));
      long cold = cluster.machines.get(0).wire.host.regionBytesSent;
      cluster.machines.get(0).wire.cut();
      assertTrue(
          cluster.runUntil(
              () -> cluster.host.statuses().get(0).state() == WorkerStatus.State.CONNECTING, 100));
      assertTrue(
          cluster.runUntil(
              () -> cluster.host.statuses().get(0).state() == WorkerStatus.State.READY, 1_000));
      assertTrue(cold > 3_000_000);
      assertEquals(0, cluster.machines.get(0).wire.host.regionBytesSent);
      Job again = cluster.render(WIDTH, HEIGHT, SAMPLES, LAYOUT);
      assertTrue(cluster.finish(again));
      assertFilm(cluster, again);
    }
  }

  @Test
  void editSendsOnlyTheChangedChunks() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      var big = cluster.buffer("big", 4 << 20, 1);
      assertTrue(cluster.finish(scene(cluster)));
      long cold = cluster.machines.get(0).wire.host.regionBytesSent;
      big.putInt(3 << 20, 12345);
      cluster.editor.copyTo(org.paceline.api.BufferSpec.global("big", 4 << 20), big);
      cluster.constant(99);
      cluster.editor.free("small");
      cluster.commit();
      Job job = cluster.render(WIDTH, HEIGHT, SAMPLES, LAYOUT);
      assertTrue(cluster.finish(job));
      assertEquals((1 << 20) + 4, cluster.machines.get(0).wire.host.regionBytesSent - cold);
      assertFilm(cluster, job);
    }
  }

  @Test
  void editWhileRenderingCancelsTheOldGeneration() {
    try (SimulatedCluster cluster = new SimulatedCluster(3, LATENCY_NS)) {
      cluster.startAll();
      Job old = scene(cluster);
      assertTrue(cluster.runUntil(() -> old.progress().passes() > 3, 1_000));
      cluster.constant(5);
      cluster.commit();
      assertEquals(RenderProgress.State.CANCELLED, old.progress().state());
      Job job = cluster.render(WIDTH, HEIGHT, SAMPLES, LAYOUT);
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void damagedChunksAreSentAgain() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      cluster.buffer("big", 3_000_000, 1);
      cluster.step();
      cluster.step();
      cluster.machines.get(0).wire.corruptWrites = 2;
      Job job = scene(cluster);
      assertTrue(cluster.finish(job));
      assertEquals(0, cluster.machines.get(0).wire.corruptWrites);
      assertFilm(cluster, job);
    }
  }

  @ParameterizedTest
  @CsvSource({"secret, other, key", "secret, '', key", "'', secret, key"})
  void wrongKeyIsRefused(String hostKey, String workerKey, String reason) {
    ClusterConfig hostConfig = ClusterConfig.builder().key(hostKey).build();
    ClusterConfig workerConfig = ClusterConfig.builder().key(workerKey).build();
    assertRefused(hostConfig, workerConfig, reason);
  }

  @Test
  void otherKernelsAreRefused() {
    assertRefused(
        ClusterConfig.builder().kernels("sse41").build(),
        ClusterConfig.builder().build(),
        "--kernels sse41");
  }

  @Test
  void sceneLargerThanTheBudgetIsRefused() {
    assertRefused(
        ClusterConfig.builder().build(),
        ClusterConfig.builder().workerMemoryBytes(1 << 20).build(),
        "--memory");
  }

  @Test
  void sceneTheDeviceRefusesFailsTheJobAndTheNextOneWorks() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      cluster.buffer("poison", 8, 1);
      Job job = scene(cluster);
      assertTrue(cluster.finish(job));
      assertEquals(RenderProgress.State.FAILED, job.progress().state());
      assertTrue(job.failure().contains("poison is not to this device's taste"), job.failure());
      cluster.editor.free("poison");
      cluster.commit();
      Job good = cluster.render(WIDTH, HEIGHT, SAMPLES, LAYOUT);
      assertTrue(cluster.finish(good));
      assertFilm(cluster, good);
    }
  }

  @Test
  void strangersWhoComeAndGoDisturbNoRender() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 0, 1_000));
      for (int i = 0; i < 20; i++) {
        cluster.machines.get(0).stray();
        cluster.step();
      }
      assertTrue(cluster.finish(job));
      assertEquals(0, cluster.machines.get(0).worker.cancels());
      assertFilm(cluster, job);
    }
  }

  @Test
  void listenerThatThrowsHarmsNobody() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      job.addListener(
          (unit, film) -> {
            throw new IndexOutOfBoundsException("a listener's own mistake");
          });
      assertTrue(cluster.finish(job));
      assertEquals(RenderProgress.State.DONE, job.progress().state());
      assertFilm(cluster, job);
    }
  }

  @Test
  void unitsAreToldWithTheirWorkersAndTimes() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      List<UnitRecord> records = new ArrayList<>();
      job.addUnitListeners(List.of(records::add));
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 4, 1_000));
      cluster.machines.get(0).kill();
      assertTrue(cluster.finish(job));
      long merged =
          records.stream()
              .filter(each -> each.outcome() == UnitRecord.Outcome.MERGED)
              .mapToLong(each -> each.unit().pixelSamples())
              .sum();
      assertEquals((long) WIDTH * HEIGHT * SAMPLES, merged);
      assertTrue(records.stream().anyMatch(each -> each.outcome() == UnitRecord.Outcome.LOST));
      for (UnitRecord each : records) {
        assertTrue(each.givenNs() >= 0 && each.endedNs() - each.givenNs() >= each.renderNs());
      }
    }
  }

  @Test
  void unequalWorkersAreAllKeptBusy() {
    try (SimulatedCluster cluster =
        new SimulatedCluster(
            5_000_000,
            ClusterConfig.builder().build(),
            ClusterConfig.builder().build(),
            4e6,
            1e6,
            2e5)) {
      cluster.startAll();
      cluster.buffer("small", 1000, 1);
      cluster.constant(1);
      cluster.commit();
      Job job = cluster.render(480, 270, 64, LAYOUT);
      assertTrue(cluster.finish(job));
      double ideal = 480.0 * 270 * 64 / 5.2e6;
      double seconds = job.progress().elapsedNs() / 1e9;
      assertTrue(seconds < 1.15 * ideal, seconds + " s, ideal " + ideal);
      assertFilm(cluster, job);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {20, 1e9})
  void workerThatSlowsDownDoesNotHoldUpTheImage(double factor) {
    try (SimulatedCluster cluster = new SimulatedCluster(3, LATENCY_NS)) {
      cluster.startAll();
      cluster.buffer("small", 1000, 1);
      cluster.constant(1);
      cluster.commit();
      Job job = cluster.render(480, 270, 128, LAYOUT);
      double total = 480.0 * 270 * 128;
      assertTrue(cluster.runUntil(() -> job.progress().fraction() > 0.2, 10_000));
      double before = job.progress().elapsedNs() / 1e9;
      double left = total * (1 - job.progress().fraction());
      cluster.machines.get(1).slowDown(factor);
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
      double after = job.progress().elapsedNs() / 1e9 - before;
      double ideal = left / ((2 + 1 / factor) * SimulatedCluster.SPEED);
      assertTrue(after <= 1.15 * ideal, after + " s, ideal " + ideal);
    }
  }

  @Test
  void cancelKeepsWhatIsMerged() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> job.progress().fraction() > 0.3, 10_000));
      job.cancel();
      assertTrue(cluster.finish(job));
      assertEquals(RenderProgress.State.CANCELLED, job.progress().state());
      assertFalse(job.progress().fraction() < 0.3);
      assertFilm(cluster, job);
      Job next = cluster.render(WIDTH, HEIGHT, SAMPLES, LAYOUT);
      assertTrue(cluster.finish(next));
      assertFilm(cluster, next);
    }
  }

  private static void assertRefused(
      ClusterConfig hostConfig, ClusterConfig workerConfig, String reason) {
    try (SimulatedCluster cluster =
        new SimulatedCluster(1, LATENCY_NS, SimulatedCluster.SPEED, hostConfig, workerConfig)) {
      cluster.startAll();
      cluster.buffer("big", 3_000_000, 1);
      for (int i = 0; i < 100; i++) {
        cluster.buffer("more" + i, 1000, i);
      }
      Job job = scene(cluster);
      assertTrue(cluster.finish(job));
      assertEquals(RenderProgress.State.FAILED, job.progress().state());
      assertTrue(job.failure().contains(reason), job.failure());
    }
  }

  private static Job scene(SimulatedCluster cluster) {
    cluster.buffer("small", 1000, 7);
    cluster.constant(3);
    cluster.commit();
    return cluster.render(WIDTH, HEIGHT, SAMPLES, LAYOUT);
  }
}
