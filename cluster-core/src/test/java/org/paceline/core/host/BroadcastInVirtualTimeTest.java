// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.core.host.FilmAssertions.LAYOUT;
import static org.paceline.core.host.FilmAssertions.assertFilm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.ClusterConfig;
import org.paceline.api.WorkerStatus;

/** One scene for many workers over a broadcast that may lose anything. */
class BroadcastInVirtualTimeTest {
  private static final long LATENCY_NS = 200_000;
  private static final int WORKERS = 8;
  private static final int SCENE_BYTES = 8_000_000;
  private static final ClusterConfig CONFIG = ClusterConfig.builder().chunkBytes(64 << 10).build();

  @Test
  void hostSendsAboutOneCopyHoweverManyWorkers() {
    LossyBroadcast broadcast = new LossyBroadcast(0, 1);
    try (SimulatedCluster cluster = new SimulatedCluster(WORKERS, LATENCY_NS, CONFIG, broadcast)) {
      cluster.startAll();
      Job job = scene(cluster);
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
      long sent = broadcast.regionBytesSent + unicastBytes(cluster);
      assertTrue(sent <= 1.1 * SCENE_BYTES, sent + " bytes sent");
    }
  }

  @Test
  void workersThatDidNotJoinHearTheNextScene() {
    LossyBroadcast broadcast = new LossyBroadcast(0, 1);
    broadcast.invitationsLost = WORKERS;
    try (SimulatedCluster cluster = new SimulatedCluster(WORKERS, LATENCY_NS, CONFIG, broadcast)) {
      cluster.startAll();
      assertTrue(cluster.finish(scene(cluster)));
      assertEquals(1.0 * WORKERS, unicastBytes(cluster) / (double) SCENE_BYTES, 0.1);
      long before = unicastBytes(cluster);
      cluster.buffer("big", SCENE_BYTES, 2);
      cluster.commit();
      Job job = cluster.render(150, 70, 40, LAYOUT);
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
      long sent = broadcast.regionBytesSent + unicastBytes(cluster) - before;
      assertEquals(1.0, sent / (double) SCENE_BYTES, 0.1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatIsLostIsAskedForAgain(long seed) {
    LossyBroadcast broadcast = new LossyBroadcast(0.05 + 0.15 * seed, seed);
    try (SimulatedCluster cluster = new SimulatedCluster(WORKERS, LATENCY_NS, CONFIG, broadcast)) {
      cluster.startAll();
      Job job = scene(cluster);
      assertTrue(cluster.finish(job), "seed " + seed);
      assertFilm(cluster, job);
      assertTrue(broadcast.regionBytesSent > 0);
    }
  }

  @Test
  void broadcastThatBringsNothingCostsTimeOnly() {
    LossyBroadcast broadcast = new LossyBroadcast(1, 1);
    try (SimulatedCluster cluster = new SimulatedCluster(3, LATENCY_NS, CONFIG, broadcast)) {
      cluster.startAll();
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> broadcast.regionBytesSent >= SCENE_BYTES / 2, 10_000));
      broadcast.loss = 0;
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void workerThatComesLateAloneIsServedAlone() {
    LossyBroadcast broadcast = new LossyBroadcast(0, 1);
    try (SimulatedCluster cluster = new SimulatedCluster(3, LATENCY_NS, CONFIG, broadcast)) {
      cluster.machines.get(0).start();
      cluster.machines.get(1).start();
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> ready(cluster, 0) && ready(cluster, 1), 10_000));
      long before = broadcast.regionBytesSent;
      cluster.machines.get(2).start();
      assertTrue(cluster.runUntil(() -> ready(cluster, 2), 10_000));
      assertEquals(before, broadcast.regionBytesSent);
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void broadcastThatOvertakesAChannelEndsNoSession() {
    LossyBroadcast broadcast = new LossyBroadcast(0, 1);
    try (SimulatedCluster cluster = new SimulatedCluster(3, LATENCY_NS, CONFIG, broadcast)) {
      cluster.machines.get(0).start();
      cluster.runUntil(() -> cluster.machines.get(0).wire != null, 1_000);
      Wire slow = cluster.machines.get(0).wire;
      slow.writeLagNs = 500_000_000;
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> slow.host.regionBytesSent > SCENE_BYTES / 2, 10_000));
      cluster.machines.get(1).start();
      cluster.machines.get(2).start();
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
      assertTrue(broadcast.regionBytesSent > 0);
      assertFalse(slow.worker.isClosed(), slow.worker.closeReason());
    }
  }

  @Test
  void workerThatDiesHoldsNobodyUp() {
    LossyBroadcast broadcast = new LossyBroadcast(0, 1);
    try (SimulatedCluster cluster = new SimulatedCluster(WORKERS, LATENCY_NS, CONFIG, broadcast)) {
      cluster.startAll();
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> broadcast.regionBytesSent > 0, 10_000));
      cluster.machines.get(3).kill();
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void whatWasBroadcastForTheLastGenerationDoesNotLandInThis() {
    LossyBroadcast broadcast = new LossyBroadcast(0, 1);
    try (SimulatedCluster cluster = new SimulatedCluster(4, LATENCY_NS, CONFIG, broadcast)) {
      cluster.startAll();
      scene(cluster);
      assertTrue(cluster.runUntil(() -> broadcast.regionBytesSent > SCENE_BYTES / 4, 10_000));
      for (int edit = 2; edit < 6; edit++) {
        long sent = broadcast.regionBytesSent;
        cluster.buffer("big", SCENE_BYTES, edit);
        cluster.commit();
        assertTrue(
            cluster.runUntil(() -> broadcast.regionBytesSent > sent + SCENE_BYTES / 8, 10_000));
      }
      Job job = cluster.render(150, 70, 40, LAYOUT);
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  private static boolean ready(SimulatedCluster cluster, int worker) {
    return cluster.host.statuses().get(worker).state() == WorkerStatus.State.READY;
  }

  private static long unicastBytes(SimulatedCluster cluster) {
    return cluster.machines.stream().mapToLong(machine -> machine.wire.host.regionBytesSent).sum();
  }

  private static Job scene(SimulatedCluster cluster) {
    cluster.buffer("big", SCENE_BYTES, 1);
    cluster.constant(3);
    cluster.commit();
    return cluster.render(150, 70, 40, LAYOUT);
  }
}
