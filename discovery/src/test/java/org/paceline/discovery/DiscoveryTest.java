// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.paceline.testnet.Node;
import org.paceline.testnet.VirtualNetwork;

/** Workers and hosts on machines of their own find each other. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class DiscoveryTest {
  private static final String EVERYWHERE = "0.0.0.0";

  @BeforeAll
  static void requireNamespaces() {
    String reason = VirtualNetwork.unavailableBecause();
    assumeTrue(reason == null, reason);
  }

  private static void ip(Node node, String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    Process process = node.process(command).inheritIO().start();
    assertEquals(0, process.waitFor(), arguments);
  }

  private static String endpointIn(String line) {
    String rest = line.substring(line.indexOf(" at ") + 4);
    return rest.substring(0, (rest + " ").replace(',', ' ').indexOf(' '));
  }

  private static void assertReachable(Program host, String line) throws IOException {
    host.say(endpointIn(line));
    String answer = host.await(said -> said.contains("connect"));
    assertEquals("connected to " + endpointIn(line), answer);
  }

  @Test
  void aHostFindsAWorkerHearsOfItsLoadAndOfItsLeaving() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2)) {
      Program worker = Program.worker(network.node(0), "render7", EVERYWHERE);
      Program host = Program.host(network.node(1));
      String port = worker.lines().get(0).substring("listening at ".length());
      String added = host.awaitWorker("added", "render7");
      assertEquals(
          "added WorkerProfile[name=render7, version=0.1, device=a test, cores=3,"
              + " transports=[tcp, aeron], keyFingerprint="
              + KeyFingerprint.of(DiscoveryProgram.KEY)
              + ", metricsPort=9464] WorkerLoad[busy=false, samplesPerSecond=0] at "
              + network.node(0).address()
              + ":"
              + port
              + " with our key, just seen",
          added);
      assertReachable(host, added);

      worker.say("123456");
      String changed = host.awaitWorker("changed", "render7");
      assertTrue(changed.contains("busy=true, samplesPerSecond=123456"), changed);

      assertEquals(0, worker.end());
      host.awaitWorker("removed", "render7");
      host.say("list");
      host.await("workers: 0"::equals);
      assertEquals(0, host.end());
    }
  }

  @Test
  void aWorkerThatComesLaterIsFoundAndOneThatIsKilledIsForgotten() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2)) {
      Program host = Program.host(network.node(1));
      Program worker = Program.worker(network.node(0), "render7", EVERYWHERE, "-Dnet.dns.ttl=4");
      host.awaitWorker("added", "render7");
      worker.close();
      host.awaitWorker("removed", "render7");
    }
  }

  @Test
  void twoWorkersOfOneNameAreBothFound() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(3)) {
      Program host = Program.host(network.node(2));
      Program.worker(network.node(0), "render", EVERYWHERE);
      Program.worker(network.node(1), "render", EVERYWHERE);
      String first = host.awaitWorker("added", "render");
      String second = host.awaitWorker("added", "render (2)");
      assertEquals(
          List.of(network.node(0).address(), network.node(1).address()),
          List.of(first, second).stream()
              .map(line -> endpointIn(line).replaceAll(":.*", ""))
              .sorted()
              .toList());
    }
  }

  @Test
  void anInterfaceThatComesLaterIsUsed() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2)) {
      ip(network.node(0), "link set eth0 down");
      ip(network.node(1), "link set eth0 down");
      Program.worker(network.node(0), "render7", EVERYWHERE);
      Program host = Program.host(network.node(1));
      ip(network.node(0), "link set eth0 up");
      ip(network.node(1), "link set eth0 up");
      assertReachable(host, host.awaitWorker("added", "render7"));
      ip(network.node(1), "link set eth0 down");
      host.awaitWorker("removed", "render7");
    }
  }

  @Test
  void ipv6AloneIsEnough() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2)) {
      for (Node node : network.nodes()) {
        ip(node, "addr flush dev eth0");
      }
      ip(network.node(0), "-6 addr add fe80::a/64 dev eth0 nodad");
      ip(network.node(1), "-6 addr add fe80::b/64 dev eth0 nodad");
      Program.worker(network.node(0), "render7", EVERYWHERE);
      Program host = Program.host(network.node(1));
      String added = host.awaitWorker("added", "render7");
      assertTrue(endpointIn(added).startsWith("[fe80:0:0:0:0:0:0:a%eth0]:"), added);
      assertReachable(host, added);
    }
  }

  @Test
  void aWorkerOnSeveralNetworksIsOne() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2)) {
      Node left = network.node(0);
      Node right = network.node(1);
      Program host = Program.host(right);
      ip(left, "link add eth1 type veth peer name eth1 netns " + host.pid());
      ip(left, "addr add 10.72.0.1/24 dev eth1");
      ip(right, "addr add 10.72.0.2/24 dev eth1");
      ip(left, "-6 addr add fe80::a/64 dev eth0 nodad");
      ip(right, "-6 addr add fe80::b/64 dev eth0 nodad");
      ip(left, "link set eth1 up");
      ip(right, "link set eth1 up");
      Program.worker(left, "render7", EVERYWHERE);
      String second = host.await(line -> line.contains("name=render7") && line.contains("10.71."));
      assertReachable(host, second);
      // Gone from one network, it is still found on the other.
      ip(right, "link set eth0 down");
      String other = host.await(line -> line.startsWith("changed") && line.contains("10.72."));
      assertTrue(endpointIn(other).startsWith("10.72.0.1:"), other);
      assertEquals(1, host.lines().stream().filter(line -> line.startsWith("added")).count());
      assertEquals(0, host.lines().stream().filter(line -> line.startsWith("removed")).count());
    }
  }

  @Test
  void aWorkerOnLoopbackIsFoundOnItsMachineOnly() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2)) {
      Program.worker(network.node(0), "private", "127.0.0.1");
      Program.worker(network.node(0), "public", EVERYWHERE);
      Program here = Program.host(network.node(0));
      Program there = Program.host(network.node(1));
      assertReachable(here, here.awaitWorker("added", "private"));
      here.awaitWorker("added", "public");
      there.awaitWorker("added", "public");
      there.say("list");
      there.await("workers: 1"::equals);
    }
  }
}
