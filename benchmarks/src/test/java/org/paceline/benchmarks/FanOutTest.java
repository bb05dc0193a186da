// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.benchmarks.FanOut.Delivery;
import org.paceline.benchmarks.FanOut.Way;
import org.paceline.testnet.VirtualNetwork;

/** What leaves a host that gives one scene to three workers, on a network of their own. */
@Tag("slow")
@Timeout(300)
class FanOutTest {
  private static final long LINK_BITS_PER_SECOND = 1_000_000_000;
  private static final int MTU_BYTES = 1500;
  private static final int WORKERS = 3;
  private static final long SCENE_BYTES = 16_000_000;

  @BeforeAll
  static void requireNamespaces() {
    String reason = VirtualNetwork.unavailableBecause();
    assumeTrue(reason == null, reason);
  }

  @Test
  void tcpSendsACopyToEachWorker() throws Exception {
    assertEquals(WORKERS, deliver(Way.TCP).copies(), 0.2);
  }

  @Test
  void multicastSendsAboutOneCopyForAll() throws Exception {
    // On a busy machine some of it is lost and sent again, and a worker may come when all is sent.
    double copies = deliver(Way.AERON_MULTICAST).copies();
    for (int more = 0; more < 2 && copies >= 2; more++) {
      copies = deliver(Way.AERON_MULTICAST).copies();
    }
    assertTrue(copies > 1 && copies < 2, copies + " copies");
  }

  private static Delivery deliver(Way way) throws Exception {
    return new FanOut(SCENE_BYTES, LINK_BITS_PER_SECOND, MTU_BYTES)
        .deliver(way, WORKERS)
        .orElseThrow();
  }
}
