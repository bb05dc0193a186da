// SPDX-License-Identifier: Apache-2.0
package org.paceline.testnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What crosses the network, what doesn't, and that nothing is left of it. */
@Tag("slow")
@Timeout(60)
class VirtualNetworkTest {
  private static final int MEGABYTE = 1_000_000;

  @BeforeAll
  static void requireNamespaces() {
    String reason = VirtualNetwork.unavailableBecause();
    assumeTrue(reason == null, reason);
  }

  @Test
  void carriesTcpBetweenTwoNodesAndCountsItThere() throws IOException {
    try (VirtualNetwork network = VirtualNetwork.create(3)) {
      Process sink = Peer.start(network.node(1), "sink");
      assertEquals("ready", Peer.line(sink));
      Peer.run(network.node(0), "send", network.node(1).address(), "" + MEGABYTE);
      assertEquals("" + MEGABYTE, Peer.line(sink));

      assertBetween(MEGABYTE, MEGABYTE * 1.1, network.node(0).sentBytes());
      assertBetween(MEGABYTE, MEGABYTE * 1.1, network.node(1).receivedBytes());
      assertBetween(0, MEGABYTE * 0.1, network.node(1).sentBytes());
      assertBetween(0, MEGABYTE * 0.1, network.node(2).receivedBytes());
    }
  }

  @Test
  void floodsMulticastToEveryNode() throws IOException {
    try (VirtualNetwork network = VirtualNetwork.create(3)) {
      Process first = Peer.start(network.node(1), "listen");
      Process second = Peer.start(network.node(2), "listen");
      assertEquals("ready", Peer.line(first));
      assertEquals("ready", Peer.line(second));
      Peer.run(network.node(0), "cast", "to all");
      assertEquals("to all", Peer.line(first));
      assertEquals("to all", Peer.line(second));
    }
  }

  /** The receiver's link limits what it gets, the sender's what it sends. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aShapedLinkIsNoFasterInEitherDirection(int shaped) throws IOException {
    int bitsPerSecond = 20_000_000;
    int bytes = 2 * MEGABYTE;
    try (VirtualNetwork network = VirtualNetwork.create(2)) {
      network.node(shaped).shape(bitsPerSecond);
      Process sink = Peer.start(network.node(1), "sink");
      assertEquals("ready", Peer.line(sink));
      String milliseconds =
          Peer.run(network.node(0), "send", network.node(1).address(), "" + bytes);
      double atRate = bytes * 8_000.0 / bitsPerSecond;
      assertTrue(Integer.parseInt(milliseconds) > atRate / 1.3, milliseconds + " ms");
      // TCP's segments of 1448 bytes have 66 bytes of headers each
      double least = shaped == 0 ? bytes * (1 + 66 / 1448.0) : 1;
      assertBetween(least, bytes * 1.1, network.node(shaped).shapedBytes());
    }
  }

  @Test
  void aNodeThatIsCutOffIsNotReachedUntilItIsRestored() throws IOException {
    try (VirtualNetwork network = VirtualNetwork.create(2)) {
      Node far = network.node(1);
      assertEquals("ready", Peer.line(Peer.start(far, "sink")));
      assertEquals("connected", Peer.run(network.node(0), "try", far.address()));
      far.cutOff();
      String answer = Peer.run(network.node(0), "try", far.address());
      assertTrue(answer.startsWith("no way"), answer);
      far.restore();
      assertEquals("connected", Peer.run(network.node(0), "try", far.address()));
    }
  }

  @Test
  void nothingIsLeftOnceClosed() throws Exception {
    VirtualNetwork network = VirtualNetwork.create(2);
    Process running = Peer.start(network.node(0), "sink");
    assertEquals("ready", Peer.line(running));
    network.close();
    network.close();
    assertTrue(running.waitFor(20, TimeUnit.SECONDS), "a process survived its node");
    assertNothingOf(ProcessHandle.current().pid());
  }

  @Test
  void nothingIsLeftWhenTheProgramEndsWithoutClosing() throws Exception {
    Process program = new ProcessBuilder(Peer.command("network")).redirectErrorStream(true).start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("ready", said.strip());
    assertEquals(0, program.waitFor());
    assertNothingOf(program.pid());
  }

  private static void assertNothingOf(long pid) {
    String namespaces = SystemCommand.run("ip", "netns", "list");
    assertFalse(namespaces.contains("paceline-" + pid + "-"), namespaces);
  }

  private static void assertBetween(double least, double most, long actual) {
    assertTrue(
        least <= actual && actual <= most, actual + " is not in " + least + ".." + most + " bytes");
  }
}
