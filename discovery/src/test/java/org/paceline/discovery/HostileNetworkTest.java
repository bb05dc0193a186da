// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.testnet.VirtualNetwork;

/** Workers are announced and found in spite of neighbours that send anything. */
@Tag("slow")
@Timeout(180)
class HostileNetworkTest {
  private static final long SEED = 20_240_811;

  @BeforeAll
  static void requireNamespaces() {
    String reason = VirtualNetwork.unavailableBecause();
    assumeTrue(reason == null, reason);
  }

  @Test
  void datagramsOfAllKindsSilenceNobody() throws Exception {
    System.out.println("seed " + SEED);
    try (VirtualNetwork network = VirtualNetwork.create(3)) {
      Program host = Program.host(network.node(1));
      Program.worker(network.node(0), "before", "0.0.0.0");
      host.awaitWorker("added", "before");
      Program hostile = Program.hostile(network.node(2), SEED);
      hostile.await("sent all"::equals);
      Program.worker(network.node(0), "after", "0.0.0.0");
      host.awaitWorker("added", "after");
      Program another = Program.host(network.node(1));
      another.awaitWorker("added", "before");
      another.awaitWorker("added", "after");
      host.say("list");
      host.await(line -> line.startsWith("workers: "));
      assertTrue(
          host.lines().stream().noneMatch(line -> line.contains("\u001b")), "a terminal's orders");
    }
  }
}
