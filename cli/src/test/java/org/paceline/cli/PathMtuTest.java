// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.testnet.Node;
import org.paceline.testnet.VirtualNetwork;

/** A switch that drops packets of more than 1280 bytes and tells nobody. */
@Tag("slow")
@Timeout(300)
class PathMtuTest {
  private static final int CARRIED = 1280;

  @TempDir private Path directory;

  @Test
  void aPathThatSwallowsLargePacketsIsNamed() throws Exception {
    try (VirtualNetwork network = network()) {
      CliProcess worker = worker(network.node(1));
      CliProcess host = demo(network.node(0), network.node(1));
      host.awaitLine(line -> line.contains("does the path carry 1500-byte packets?"));
      assertEquals(1, count(host, "WARN.* does the path carry"), host::said);
      worker.kill();
      host.kill();
    }
  }

  private static long count(CliProcess process, String pattern) {
    return process.said().lines().filter(line -> line.matches(".*" + pattern + ".*")).count();
  }

  private static VirtualNetwork network() throws Exception {
    String reason = VirtualNetwork.unavailableBecause();
    assumeTrue(reason == null, reason);
    VirtualNetwork network = VirtualNetwork.create(2);
    for (Node node : network.nodes()) {
      node.withoutOffload();
      String setting = "echo 0 > /proc/sys/net/ipv4/tcp_mtu_probing";
      Process set = node.process(List.of("sh", "-c", setting)).inheritIO().start();
      assertEquals(0, set.waitFor());
    }
    network.node(1).swallowLongerThan(CARRIED);
    return network;
  }

  private CliProcess worker(Node node) throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "the network's key\n");
    List<String> options = List.of("--device=reference", "--threads=1", "--key-file=" + key);
    CliProcess worker = start(node, "worker", options, "--listen=" + node.address());
    worker.awaitLine(line -> line.contains(WorkerCommand.LISTENING));
    return worker;
  }

  private CliProcess demo(Node host, Node worker) {
    List<String> options = List.of("--samples=4", "--key-file=" + directory.resolve("key"));
    return start(
        host,
        "demo",
        options,
        "--output=" + directory.resolve("a.png"),
        "--worker=" + worker.address());
  }

  /** The network ends it when it closes. */
  private static CliProcess start(Node node, String command, List<String> options, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(options);
    arguments.addAll(List.of(more));
    return CliProcess.startCommand(node.process(ChildJvm.command(arguments)).command());
  }
}
