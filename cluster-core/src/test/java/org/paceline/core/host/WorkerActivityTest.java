// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.core.host.FilmAssertions.LAYOUT;

import org.junit.jupiter.api.Test;
import org.paceline.api.ClusterConfig;
import org.paceline.core.WorkerActivity;
import org.paceline.core.WorkerActivity.Doing;

/** What a worker says of its time, in virtual time. */
class WorkerActivityTest {
  private static final long LATENCY_NS = 200_000;
  private static final long SECOND_NS = 1_000_000_000;

  /** A snapshot may be that old. */
  private static final double TOLERANCE_NS = 0.06 * SECOND_NS;

  @Test
  void eachSecondIsCountedForWhatWasDoneInIt() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      Job job = render(cluster, 512);
      long begin = cluster.clock.nanoTime();
      assertTrue(cluster.finish(job));
      long rendered = cluster.clock.nanoTime() - begin;
      cluster.runUntil(() -> false, 1_000);

      WorkerActivity activity = activity(cluster);
      assertEquals((double) rendered, activity.nanos().get(Doing.RENDERING), TOLERANCE_NS);
      assertEquals((double) SECOND_NS, activity.nanos().get(Doing.WITHOUT_UNIT), TOLERANCE_NS);
      assertEquals(job.progress().totalSamples(), activity.samples());
      WorkerActivity.Host host = activity.hosts().get(0);
      assertEquals(activity.samples(), host.samples());
      assertEquals(activity.samples() / SimulatedCluster.SPEED, host.renderNs() / 1e9, 0.01);
      assertTrue(host.receivedBytes() > 1000);
      assertEquals(0, host.unitsHeld());
    }
  }

  @Test
  void whatWasRenderedForAHostThatHasGoneStillCounts() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.startAll();
      SimulatedCluster guest = new SimulatedCluster(cluster, ClusterConfig.builder().build());
      Job job = render(guest, 4);
      assertTrue(guest.finish(job));
      long samples = job.progress().totalSamples();
      guest.close();
      assertTrue(cluster.runUntil(() -> activity(cluster).hosts().size() == 1, 1_000));
      assertEquals(samples, activity(cluster).samples());
    }
  }

  private static Job render(SimulatedCluster cluster, int samples) {
    cluster.buffer("scene", 1000, 1);
    cluster.constant(1);
    cluster.commit();
    return cluster.render(150, 70, samples, LAYOUT);
  }

  private static WorkerActivity activity(SimulatedCluster cluster) {
    return cluster.machines.get(0).worker.activity();
  }
}
