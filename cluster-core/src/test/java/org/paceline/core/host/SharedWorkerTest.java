// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.core.host.FilmAssertions.LAYOUT;
import static org.paceline.core.host.FilmAssertions.assertFilm;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.ClusterConfig;
import org.paceline.api.WorkerStatus;

/** Several hosts have a worker in common, in virtual time. */
class SharedWorkerTest {
  private static final long LATENCY_NS = 200_000;
  private static final ClusterConfig DEFAULTS = ClusterConfig.builder().build();

  private static final ClusterConfig FINE =
      ClusterConfig.builder().unitTarget(Duration.ofMillis(10)).build();

  /** Room for one of the larger scenes here, not for two. */
  private static final ClusterConfig SMALL =
      ClusterConfig.builder().workerMemoryBytes(4 << 20).build();

  private static final int LARGE = 3_000_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void hostsGetTimeByTheirWeights(int weight) {
    try (SimulatedCluster one = cluster(FINE, DEFAULTS);
        SimulatedCluster other =
            new SimulatedCluster(one, FINE.toBuilder().weight(weight).build())) {
      Job first = render(one, 1000, 1, 512);
      Job second = render(other, 1000, 2, 512);
      assertTrue(one.runUntil(() -> second.progress().fraction() > 0.1, 60_000));
      long firstBefore = first.progress().doneSamples();
      long secondBefore = second.progress().doneSamples();
      assertTrue(one.runUntil(() -> second.progress().fraction() > 0.8, 60_000));
      double ratio =
          (double) (second.progress().doneSamples() - secondBefore)
              / (first.progress().doneSamples() - firstBefore);
      assertEquals(weight, ratio, 0.15 * weight);
      assertTrue(one.finish(first));
      assertTrue(other.finish(second));
      assertFilm(one, first);
      assertFilm(other, second);
    }
  }

  @Test
  void hostsWithUnitsOfOtherLengthsGetTheSameTime() {
    ClusterConfig coarse = ClusterConfig.builder().unitTarget(Duration.ofSeconds(2)).build();
    try (SimulatedCluster one = cluster(DEFAULTS);
        SimulatedCluster other = new SimulatedCluster(one, coarse)) {
      Job first = render(one, 1000, 1, 512);
      Job second = render(other, 1000, 2, 512);
      assertTrue(one.runUntil(() -> second.progress().fraction() > 0.8, 200_000));
      assertEquals(second.progress().fraction(), first.progress().fraction(), 0.15);
    }
  }

  @Test
  void idleSceneGivesWayAndComesBack() {
    try (SimulatedCluster one = cluster(SMALL);
        SimulatedCluster other = new SimulatedCluster(one, DEFAULTS)) {
      assertTrue(one.finish(render(one, LARGE, 1, 4)));
      Job second = render(other, LARGE, 2, 4);
      assertTrue(other.finish(second));
      assertFilm(other, second);
      one.runUntil(() -> false, 1_100);
      Job again = one.render(150, 70, 4, LAYOUT);
      assertTrue(one.finish(again));
      assertFilm(one, again);
      assertTrue(one.status(0).sceneBytesSent() > 2 * LARGE);
      assertTrue(one.machines.get(0).worker.sceneBytes() <= SMALL.workerMemoryBytes());
    }
  }

  @Test
  void sceneThatOnlyFitsWithoutItsBvhIsRefusedWithTheSizes() {
    try (SimulatedCluster one = cluster(SMALL)) {
      one.buffer("working", 1 << 20, 1);
      one.constant(1);
      one.commit();
      assertTrue(
          one.runUntil(
              () -> one.host.statuses().get(0).state() == WorkerStatus.State.REFUSED, 1_000));
      String detail = one.host.statuses().get(0).detail();
      assertTrue(detail.contains("1 MiB and about 10 MiB for its BVH"), detail);
      assertTrue(detail.contains("4 MiB") && detail.contains("worker-memory"), detail);
    }
  }

  @Test
  void memoryOfResultsGivesWayToTheNextScene() {
    try (SimulatedCluster one = cluster(SMALL)) {
      assertTrue(one.finish(render(one, LARGE, 1, 4)));
      Job next = render(one, (4 << 20) - 4096, 2, 4);
      assertTrue(one.finish(next));
      assertFilm(one, next);
    }
  }

  @Test
  void sceneInUseStaysAndTheOtherWaits() {
    try (SimulatedCluster one = cluster(SMALL);
        SimulatedCluster other = new SimulatedCluster(one, DEFAULTS)) {
      Job first = render(one, LARGE, 1, 256);
      assertTrue(one.runUntil(() -> first.progress().passes() > 0, 10_000));
      Job second = render(other, LARGE, 2, 4);
      assertTrue(one.finish(first));
      assertEquals(0, second.progress().passes());
      assertEquals(WorkerStatus.State.LOADING, other.host.statuses().get(0).state());
      assertTrue(other.finish(second));
      assertFilm(one, first);
      assertFilm(other, second);
    }
  }

  @Test
  void twoScenesThatGrowDoNotWaitForEachOther() {
    try (SimulatedCluster one = cluster(SMALL);
        SimulatedCluster other = new SimulatedCluster(one, DEFAULTS)) {
      assertTrue(one.finish(render(one, 1_500_000, 1, 4)));
      assertTrue(other.finish(render(other, 1_500_000, 2, 4)));
      one.buffer("scene", LARGE, 3);
      other.buffer("scene", LARGE, 4);
      one.commit();
      other.commit();
      Job first = one.render(150, 70, 4, LAYOUT);
      Job second = other.render(150, 70, 4, LAYOUT);
      assertTrue(one.finish(first));
      assertTrue(other.finish(second));
      assertFilm(one, first);
      assertFilm(other, second);
    }
  }

  @Test
  void hostThatComesBackTakesThePlaceItHad() {
    try (SimulatedCluster one = cluster(SMALL)) {
      Job job = render(one, LARGE, 1, 256);
      assertTrue(one.runUntil(() -> job.progress().passes() > 0, 10_000));
      // the worker doesn't notice: to its end the host goes on being there for 2 s
      Wire lost = one.machines.get(0).wire;
      lost.silence();
      lost.host.close("the cable is out");
      long before = job.progress().passes();
      assertTrue(one.runUntil(() -> job.progress().passes() > before, 1_000));
      assertEquals("its host has come back over another channel", lost.worker.closeReason());
      assertTrue(one.finish(job));
      assertFilm(one, job);
    }
  }

  @Test
  void devicesOfHostsThatLeftAreClosedButOne() {
    try (SimulatedCluster one = cluster(DEFAULTS)) {
      SimulatedCluster.Machine machine = one.machines.get(0);
      SimulatedCluster other = new SimulatedCluster(one, DEFAULTS);
      SimulatedCluster third = new SimulatedCluster(one, DEFAULTS);
      assertTrue(one.finish(render(one, 1000, 1, 4)));
      assertTrue(other.finish(render(other, 1000, 2, 4)));
      assertTrue(third.finish(render(third, 1000, 3, 4)));
      assertEquals(3, machine.openDevices());
      other.close();
      third.close();
      assertTrue(one.runUntil(() -> machine.openDevices() == 2, 1_000));
      Job again = render(one, 1000, 4, 4);
      assertTrue(one.finish(again));
      assertFilm(one, again);
    }
  }

  @Test
  void moreHostsThanSeatsAreToldSoAndComeLater() {
    try (SimulatedCluster one = cluster(DEFAULTS)) {
      SimulatedCluster[] guests = new SimulatedCluster[15];
      for (int i = 0; i < guests.length; i++) {
        guests[i] = new SimulatedCluster(one, DEFAULTS);
        SimulatedCluster guest = guests[i];
        assertTrue(one.runUntil(guest::isAttached, 1_000));
      }
      SimulatedCluster last = new SimulatedCluster(one, DEFAULTS);
      assertTrue(
          one.runUntil(() -> last.host.statuses().get(0).detail().contains("16 hosts"), 1_000));
      guests[0].close();
      Job job = render(last, 1000, 1, 4);
      assertTrue(last.finish(job));
      assertFilm(last, job);
      last.close();
      for (int i = 1; i < guests.length; i++) {
        guests[i].close();
      }
    }
  }

  private static SimulatedCluster cluster(ClusterConfig workerConfig) {
    return cluster(DEFAULTS, workerConfig);
  }

  private static SimulatedCluster cluster(ClusterConfig hostConfig, ClusterConfig workerConfig) {
    SimulatedCluster cluster =
        new SimulatedCluster(1, LATENCY_NS, SimulatedCluster.SPEED, hostConfig, workerConfig);
    cluster.startAll();
    return cluster;
  }

  private static Job render(SimulatedCluster cluster, int sceneBytes, int seed, int samples) {
    cluster.buffer("scene", sceneBytes, seed);
    cluster.constant(seed);
    cluster.commit();
    return cluster.render(150, 70, samples, LAYOUT);
  }
}
