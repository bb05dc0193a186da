// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.core.host.FilmAssertions.LAYOUT;
import static org.paceline.core.host.FilmAssertions.assertFilm;

import org.junit.jupiter.api.Test;
import org.paceline.api.RenderProgress;
import org.paceline.api.WorkerStatus;

/** A scene that ends its workers ends its job; workers that end for other reasons don't. */
class DeadlySceneTest {
  /** Loading takes several round trips: long enough to be seen. */
  private static final long LATENCY_NS = 40_000_000;

  /** A unit takes longer than anything here. */
  private static final double SLOWNESS = 1e5;

  /** Longer than anybody who was cut off takes to come back. */
  private static final long LONG_MS = 30_000;

  private static Job job(SimulatedCluster cluster) {
    cluster.buffer("large", 8 << 20, 3);
    cluster.constant(7);
    cluster.commit();
    return cluster.render(150, 70, 40, LAYOUT);
  }

  private static void killWhen(SimulatedCluster cluster, int worker, WorkerStatus.State state) {
    await(cluster, worker, state);
    kill(cluster, worker);
  }

  private static void await(SimulatedCluster cluster, int worker, WorkerStatus.State state) {
    assertTrue(
        cluster.runUntil(() -> cluster.host.statuses().get(worker).state() == state, LONG_MS));
  }

  /** Returns when the host knows. */
  private static void kill(SimulatedCluster cluster, int worker) {
    cluster.machines.get(worker).kill();
    await(cluster, worker, WorkerStatus.State.CONNECTING);
  }

  private static void killWithUnit(SimulatedCluster cluster, int worker) {
    assertTrue(
        cluster.runUntil(() -> cluster.host.statuses().get(worker).unitsHeld() > 0, LONG_MS));
    kill(cluster, worker);
  }

  private static void assertFails(SimulatedCluster cluster, Job job, String... words) {
    assertTrue(cluster.runUntil(job::isOver, LONG_MS), "it waits for ever");
    assertEquals(RenderProgress.State.FAILED, job.progress().state());
    for (String word : words) {
      assertTrue(job.failure().contains(word), job.failure());
    }
  }

  @Test
  void twoWorkersThatLoadItAreEnough() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      Job job = job(cluster);
      killWhen(cluster, 0, WorkerStatus.State.LOADING);
      killWhen(cluster, 1, WorkerStatus.State.LOADING);
      assertFails(
          cluster, job, "this scene seems to end the workers", "worker0", "worker1", "reset");
    }
  }

  @Test
  void soIsOneThatIsStartedTwice() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      Job job = job(cluster);
      killWhen(cluster, 0, WorkerStatus.State.LOADING);
      cluster.machines.get(0).start();
      killWhen(cluster, 0, WorkerStatus.State.LOADING);
      assertFails(cluster, job, "2 were lost", "none has brought a pixel", "worker0");
    }
  }

  @Test
  void whoIsLeftIsLetTry() {
    try (SimulatedCluster cluster = new SimulatedCluster(3, LATENCY_NS)) {
      cluster.startAll();
      Job job = job(cluster);
      killWhen(cluster, 0, WorkerStatus.State.LOADING);
      killWhen(cluster, 1, WorkerStatus.State.LOADING);
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aUnitThatEndsItsWorkersIsNamed() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      Job job = job(cluster);
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 2, LONG_MS));
      cluster.machines.get(0).slowDown(SLOWNESS);
      cluster.runUntil(() -> false, 1_000);
      killWithUnit(cluster, 0);
      cluster.machines.get(0).slowDown(SLOWNESS);
      cluster.machines.get(0).start();
      killWithUnit(cluster, 0);
      assertFails(cluster, job, "had pixels ", "from sample ", "one after the other");
      assertTrue(job.progress().doneSamples() > 0);
    }
  }

  @Test
  void workersThatAreEndedWithDifferentUnitsAreWaitedFor() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      Job job = job(cluster);
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 6, LONG_MS));
      for (int round = 0; round < 4; round++) {
        cluster.machines.forEach(SimulatedCluster.Machine::kill);
        cluster.runUntil(() -> false, LONG_MS);
        assertEquals(RenderProgress.State.WAITING, job.progress().state(), job.failure());
        long before = job.progress().passes();
        cluster.machines.forEach(SimulatedCluster.Machine::start);
        assertTrue(
            cluster.runUntil(() -> job.isOver() || job.progress().passes() > before + 3, LONG_MS));
      }
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aNetworkThatBreaksAgainAndAgainIsNoDeath() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      Job job = job(cluster);
      for (int i = 0; i < 12; i++) {
        await(cluster, 0, WorkerStatus.State.LOADING);
        cluster.machines.get(0).wire.cut();
        cluster.runUntil(() -> false, 60);
      }
      assertTrue(cluster.finish(job), job.failure());
      assertFilm(cluster, job);
    }
  }

  @Test
  void aNewJobIsTriedAnew() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      Job job = job(cluster);
      killWhen(cluster, 0, WorkerStatus.State.LOADING);
      killWhen(cluster, 1, WorkerStatus.State.LOADING);
      assertFails(cluster, job);
      Job again = cluster.render(150, 70, 40, LAYOUT);
      cluster.machines.get(0).start();
      assertTrue(cluster.finish(again));
      assertFilm(cluster, again);
    }
  }
}
