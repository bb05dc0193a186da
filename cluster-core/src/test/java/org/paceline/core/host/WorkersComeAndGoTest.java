// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.core.host.FilmAssertions.LAYOUT;
import static org.paceline.core.host.FilmAssertions.assertFilm;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.paceline.api.ClusterConfig;
import org.paceline.api.WorkerStatus;
import org.paceline.api.WorkerStatus.State;
import org.paceline.api.transport.Endpoint;

/** Workers that nobody named: found and lost during a render, or dialling the host themselves. */
class WorkersComeAndGoTest {
  private static final long LATENCY_NS = 200_000;
  private static final ClusterConfig DISCOVERS = ClusterConfig.builder().discover(true).build();

  @Test
  void aJobWaitsForTheFirstWorkerThatIsFound() {
    try (SimulatedCluster cluster = cluster()) {
      Job job = scene(cluster);
      assertFalse(cluster.runUntil(job::isOver, 5_000), "ended without a worker");
      SimulatedCluster.Machine machine = cluster.strange();
      machine.start();
      cluster.host.found(List.of(machine.endpoint()));
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aWorkerThatIsFoundDuringTheRenderTakesPart() {
    try (SimulatedCluster cluster = cluster()) {
      Job job = startedWithOne(cluster);
      SimulatedCluster.Machine late = cluster.strange();
      late.start();
      cluster.host.found(List.of(late.endpoint()));
      cluster.host.found(List.of(late.endpoint()));
      assertTrue(cluster.runUntil(() -> rate(cluster, 1) > 0 || job.isOver(), 10_000));
      assertFalse(job.isOver(), "the second worker brought nothing");
      assertEquals(2, cluster.host.statuses().size());
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aWorkerUnderTwoNamesIsOneWorker() {
    Endpoint alpha = new Endpoint("sim", "alpha", 1);
    Endpoint beta = new Endpoint("sim", "alpha", 2);
    ClusterConfig named = ClusterConfig.builder().worker(alpha).worker(beta).build();
    try (SimulatedCluster cluster =
        new SimulatedCluster(0, LATENCY_NS, 1, named, ClusterConfig.builder().build())) {
      SimulatedCluster.Machine machine = cluster.strange("alpha");
      machine.start();
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 0, 5_000));
      assertTrue(cluster.runUntil(() -> cluster.host.statuses().size() == 1, 1_000));
      assertEquals(1, job.progress().attachedWorkers());
      assertEquals(1, machine.worker.activity().hosts().size());
      assertEquals(1, machine.devices(), "the second address cost a device");
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void anotherAddressOfAnAttachedWorkerIsDialledWhenItsOwnFails() {
    try (SimulatedCluster cluster = cluster()) {
      Job job = startedWithOne(cluster);
      Endpoint first = cluster.machines.get(0).endpoint();
      Endpoint second = new Endpoint(first.scheme(), first.host(), 2);
      Wire wire = cluster.machines.get(0).wire;
      cluster.host.found(List.of(second));
      assertTrue(cluster.runUntil(() -> cluster.dialled.contains(second), 1_000));
      cluster.runUntil(() -> false, 500);
      assertEquals(1, cluster.host.statuses().size());
      cluster.unreachable.add(first);
      wire.cut();
      assertTrue(cluster.runUntil(() -> cluster.status(0).state() != State.READY, 1_000));
      assertTrue(cluster.runUntil(() -> cluster.status(0).state() == State.READY, 1_000));
      assertTrue(cluster.status(0).transport().contains("at " + second));
      assertEquals(first.toString(), cluster.status(0).endpoint());
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void theAddressesOfOneAnnouncementAreDialledOneAfterTheOther() {
    try (SimulatedCluster cluster = cluster()) {
      SimulatedCluster.Machine machine = cluster.strange();
      machine.start();
      Endpoint first = machine.endpoint();
      Endpoint second = new Endpoint(first.scheme(), first.host(), 2);
      cluster.unreachable.add(first);
      cluster.host.found(List.of(first, second));
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 0, 5_000));
      assertEquals(List.of(first, second), cluster.dialled.subList(0, 2));
      cluster.runUntil(() -> false, 500);
      assertEquals(1, cluster.host.statuses().size());
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void anAddressThatIsWronglySaidToBeAWorkersIsAWorkerOfItsOwn() {
    try (SimulatedCluster cluster = cluster()) {
      SimulatedCluster.Machine one = cluster.strange();
      SimulatedCluster.Machine another = cluster.strange();
      one.start();
      another.start();
      cluster.host.found(List.of(one.endpoint(), another.endpoint()));
      Job job = scene(cluster);
      assertTrue(cluster.runUntil(() -> rate(cluster, 0) > 0 && rate(cluster, 1) > 0, 10_000));
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aWorkerThatIsStartedAgainBehindTwoAddressesIsOneAgain() {
    try (SimulatedCluster cluster = cluster()) {
      Job job = startedWithOne(cluster);
      SimulatedCluster.Machine machine = cluster.machines.get(0);
      Endpoint first = machine.endpoint();
      cluster.host.found(List.of(new Endpoint(first.scheme(), first.host(), 2)));
      cluster.runUntil(() -> false, 500);
      for (int i = 0; i < 3; i++) {
        machine.kill();
        cluster.runUntil(() -> false, 500);
        machine.start();
        assertTrue(cluster.runUntil(() -> cluster.status(0).state() == State.READY, 2_000));
        cluster.runUntil(() -> false, 500);
        assertEquals(1, cluster.host.statuses().size());
        assertEquals(1, machine.worker.activity().hosts().size());
      }
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aWorkerThatDialsTheHostAndIsFoundAsWellIsOneWhicheverComesFirst() {
    for (boolean callsFirst : new boolean[] {true, false}) {
      try (SimulatedCluster cluster = cluster()) {
        Job job = scene(cluster);
        SimulatedCluster.Machine machine = cluster.strange();
        machine.start();
        if (callsFirst) {
          machine.callHost();
        } else {
          cluster.host.found(List.of(machine.endpoint()));
        }
        assertTrue(cluster.runUntil(() -> job.progress().passes() > 0, 5_000));
        if (callsFirst) {
          cluster.host.found(List.of(machine.endpoint()));
        } else {
          machine.callHost();
        }
        cluster.runUntil(() -> false, 500);
        assertEquals(1, cluster.host.statuses().size());
        assertEquals(1, machine.worker.activity().hosts().size());
        assertTrue(cluster.finish(job));
        assertFilm(cluster, job);
      }
    }
  }

  @Test
  void aCallerWhoseChannelIsLostIsDialledWhereItWasFound() {
    try (SimulatedCluster cluster = cluster()) {
      Job job = scene(cluster);
      SimulatedCluster.Machine machine = cluster.strange();
      machine.start();
      Wire called = machine.callHost();
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 0, 5_000));
      cluster.host.found(List.of(machine.endpoint()));
      cluster.runUntil(() -> false, 500);
      called.cut();
      cluster.runUntil(() -> false, 50);
      assertTrue(cluster.runUntil(() -> cluster.status(0).state() == State.READY, 1_000));
      assertEquals(1, cluster.host.statuses().size());
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aWorkerThatWithdrawsGoesOnUntilItsChannelEndsAndIsForgottenThen() {
    try (SimulatedCluster cluster = cluster()) {
      Job job = startedWithOne(cluster);
      SimulatedCluster.Machine other = cluster.strange();
      other.start();
      cluster.host.found(List.of(other.endpoint()));
      SimulatedCluster.Machine leaving = cluster.machines.get(0);
      cluster.host.gone(leaving.endpoint());
      cluster.runUntil(() -> false, 1_000);
      assertEquals(State.READY, cluster.status(0).state());
      leaving.kill();
      assertTrue(cluster.runUntil(() -> cluster.host.statuses().size() == 1, 1_000));
      leaving.start();
      assertTrue(cluster.finish(job));
      assertEquals(
          List.of(other.endpoint().toString()),
          cluster.host.statuses().stream().map(WorkerStatus::endpoint).toList());
      assertFilm(cluster, job);
    }
  }

  @Test
  void aConfiguredWorkerIsNotForgotten() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      SimulatedCluster.Machine machine = cluster.machines.get(0);
      cluster.host.gone(machine.endpoint());
      machine.kill();
      cluster.runUntil(() -> false, 1_000);
      machine.start();
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aWorkerThatDialsTheHostTakesPartAndMayComeAgain() {
    try (SimulatedCluster cluster = cluster()) {
      Job job = scene(cluster);
      SimulatedCluster.Machine caller = cluster.strange();
      caller.start();
      caller.callHost();
      assertTrue(cluster.runUntil(() -> job.progress().passes() > 0, 5_000));
      caller.kill();
      assertTrue(cluster.runUntil(() -> cluster.host.statuses().isEmpty(), 1_000));
      caller.start();
      caller.callHost();
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void callersThatSayNothingCountForNothingAndKeepNobodyOut() {
    try (SimulatedCluster cluster = cluster()) {
      Job job = startedWithOne(cluster);
      SimulatedCluster.Machine silent = cluster.strange();
      for (int i = 0; i < 2_000; i++) {
        silent.callHost();
      }
      cluster.runUntil(() -> false, 100);
      assertEquals(1, cluster.host.statuses().size(), "strangers count as workers");
      SimulatedCluster.Machine worker = cluster.strange();
      worker.start();
      worker.callHost();
      assertTrue(cluster.runUntil(() -> cluster.host.statuses().size() == 2, 1_000));
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  @Test
  void aWorkerThatLeavesFinishesWhatItHolds() {
    try (SimulatedCluster cluster = new SimulatedCluster(2, LATENCY_NS)) {
      cluster.startAll();
      Job job = scene(cluster);
      SimulatedCluster.Machine leaving = cluster.machines.get(0);
      assertTrue(cluster.runUntil(() -> rate(cluster, 0) > 0, 5_000));
      leaving.worker.leave();
      long left = job.scheduler().unissuedSamples();
      while (leaving.worker.isBusy()) {
        assertFalse(job.isOver(), "it stayed to the end");
        cluster.step();
        assertTrue(job.scheduler().unissuedSamples() <= left, "a unit was handed back");
        left = job.scheduler().unissuedSamples();
      }
      assertTrue(cluster.finish(job));
      assertFilm(cluster, job);
    }
  }

  private static SimulatedCluster cluster() {
    return new SimulatedCluster(0, LATENCY_NS, 1, DISCOVERS, ClusterConfig.builder().build());
  }

  private static Job startedWithOne(SimulatedCluster cluster) {
    SimulatedCluster.Machine first = cluster.strange();
    first.start();
    cluster.host.found(List.of(first.endpoint()));
    Job job = scene(cluster);
    assertTrue(cluster.runUntil(() -> job.progress().passes() > 0, 5_000));
    return job;
  }

  private static double rate(SimulatedCluster cluster, int worker) {
    List<WorkerStatus> statuses = cluster.host.statuses();
    return statuses.size() > worker ? statuses.get(worker).samplesPerSecond() : 0;
  }

  /** Enough to render for some virtual seconds. */
  private static Job scene(SimulatedCluster cluster) {
    cluster.buffer("numbers", 40_000, 1);
    cluster.constant(1);
    cluster.commit();
    return cluster.render(150, 70, 800, LAYOUT);
  }
}
