// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.core.host.FilmAssertions.LAYOUT;
import static org.paceline.core.host.FilmAssertions.assertFilm;

import org.junit.jupiter.api.Test;
import org.paceline.api.WorkerStatus.State;

/** Paths that carry small messages and swallow what is larger, for good or for a while. */
class PathMtuInVirtualTimeTest {
  private static final long LATENCY_NS = 200_000;
  private static final int LONGEST = 1000;

  @Test
  void aPathThatSwallowsLargePacketsIsNamed() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.longestFrame = LONGEST;
      cluster.startAll();
      render(cluster);
      assertTrue(cluster.runUntil(() -> detail(cluster).contains("small messages"), 18_000));
      assertFalse(detail(cluster).contains("1500"), "said after one time");
      assertTrue(cluster.runUntil(() -> detail(cluster).contains("1500-byte packets"), 18_000));
      assertTrue(detail(cluster).contains("net.ipv4.tcp_mtu_probing"), detail(cluster));
    }
  }

  @Test
  void aSystemThatFindsOutWhatThePathCarriesIsGivenTheTime() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, LATENCY_NS)) {
      cluster.longestFrame = LONGEST;
      cluster.startAll();
      Job job = render(cluster);
      cluster.runUntil(() -> false, 10_000);
      assertEquals(State.LOADING, cluster.status(0).state(), "given up too early");
      cluster.machines.get(0).wire.unblock();
      assertTrue(cluster.finish(job));
      assertEquals(1, cluster.dialled.size(), "it was lost meanwhile");
      assertFilm(cluster, job);
    }
  }

  private static String detail(SimulatedCluster cluster) {
    return cluster.host.statuses().get(0).detail();
  }

  private static Job render(SimulatedCluster cluster) {
    cluster.buffer("numbers", 40_000, 1);
    cluster.constant(1);
    cluster.commit();
    return cluster.render(150, 70, 40, LAYOUT);
  }
}
