// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.testnet.Node;
import org.paceline.testnet.VirtualNetwork;

/** Networks that carry less than their interfaces say, and a host behind a firewall. */
@Tag("slow")
@Timeout(240)
class AeronOnANetworkTest {
  private static final int HOST_PORT = 40_123;

  /** What an IPv6 link carries at least; Ethernet's interfaces say 1500. */
  private static final int NARROW_BYTES = 1280;

  @TempDir private Path scratch;
  private VirtualNetwork network;
  private final List<CliProcess> workers = new ArrayList<>();
  private Path key;

  @BeforeEach
  void network() throws IOException {
    String reason = VirtualNetwork.unavailableBecause();
    assumeTrue(reason == null, reason);
    network = VirtualNetwork.create(3);
    key = Files.writeString(scratch.resolve("key"), "the network's key\n");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    for (CliProcess worker : workers) {
      worker.interrupt();
      assertEquals(ExitCodes.INTERRUPTED, worker.awaitExit(), worker::said);
    }
    if (network != null) {
      network.close();
    }
  }

  private void startWorkers() throws InterruptedException {
    for (Node node : network.nodes().subList(1, 3)) {
      List<String> command = new ArrayList<>(List.of("worker", "--listen=" + node.address()));
      command.addAll(List.of("--key-file=" + key, "--device=reference", "--threads=1"));
      workers.add(on(node, command));
    }
    for (CliProcess worker : workers) {
      worker.awaitLine(line -> line.contains("listening on"));
    }
  }

  private static CliProcess on(Node node, List<String> arguments) {
    return CliProcess.startCommand(node.process(ChildJvm.command(arguments)).command());
  }

  /** What the host said; it has rendered, on both workers and without losing one. */
  private String render(String settings, String... more) throws Exception {
    Path config = Files.writeString(scratch.resolve("cluster.conf"), settings);
    List<String> demo = new ArrayList<>(List.of("demo", "--verbose", "--transport=aeron"));
    demo.addAll(List.of("--width=96", "--height=54", "--samples=8", "--key-file=" + key));
    demo.addAll(List.of("--config=" + config, "--output=" + scratch.resolve("image.png")));
    for (Node node : network.nodes().subList(1, 3)) {
      demo.add("--worker=" + node.address());
    }
    demo.addAll(List.of(more));
    CliProcess host = on(network.node(0), demo);
    assertEquals(ExitCodes.OK, host.awaitExit(), host::said);
    for (Node node : network.nodes().subList(1, 3)) {
      String attached = "(?s).*" + node.address() + ":4711\\) attached over aeron.*";
      assertTrue(host.said().matches(attached), host::said);
    }
    assertFalse(host.said().contains("lost: "), host::said);
    return host.said();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mdc", "224.20.30.41:4712"})
  void aPathThatCarriesLessThanItsInterfaceIsFoundAndNamed(String multicast) throws Exception {
    network.node(1).loseLongerPackets(NARROW_BYTES);
    startWorkers();
    String said =
        multicast.isEmpty()
            ? render("paceline {}")
            : render("paceline {}", "--multicast=" + multicast);
    String address = network.node(1).address();
    assertTrue(said.contains("don't arrive at " + address + ", those of 1212 do"), said);
    assertTrue(said.contains("set paceline.aeron.mtu=1184"), said);
    assertFalse(said.contains("don't arrive at " + network.node(2).address()), said);
  }

  @Test
  void aHostsFirewallNeedsOneUdpPort() throws Exception {
    Path rules =
        Files.writeString(
            scratch.resolve("rules"),
            """
            table inet filter {
              chain input {
                type filter hook input priority 0; policy drop;
                iif lo accept
                ct state established meta l4proto tcp accept
                udp dport PORT accept
              }
            }
            """
                .replace("PORT", Integer.toString(HOST_PORT)));
    Process nft = network.node(0).process(List.of("nft", "-f", rules.toString())).start();
    assumeTrue(nft.waitFor() == 0, "there is no firewall here, which needs nftables");
    startWorkers();
    render("paceline { aeron { host-port = " + HOST_PORT + " } }\n");
  }
}
