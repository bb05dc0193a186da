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

/** Machines on one network of which nobody named any: they find each other, and fail. */
@Tag("slow")
@Timeout(240)
class SelfCareTest {
  private static final int WORKERS = 4;

  /** Some 12 s of work for that many workers. */
  private static final List<String> SIZE = List.of("--width=128", "--height=72", "--samples=96");

  @TempDir private Path scratch;

  @Test
  void aWorkerThatDiesOneThatIsCutOffAndOneThatComesLateDoNotChangeABit() throws Exception {
    String reason = VirtualNetwork.unavailableBecause();
    assumeTrue(reason == null, reason);
    Path expected = scratch.resolve("expected.ckpt");
    Path checkpoint = scratch.resolve("film.ckpt");
    Path key = Files.writeString(scratch.resolve("key"), "the network's key\n");
    try (CliProcess here = CliProcess.startCommand(ChildJvm.command(demo(expected)));
        VirtualNetwork network = VirtualNetwork.create(1 + WORKERS + 1)) {
      List<CliProcess> workers = new ArrayList<>();
      for (Node node : network.nodes().subList(1, 1 + WORKERS)) {
        workers.add(worker(node, key));
      }
      assertEquals(ExitCodes.OK, here.awaitExit(), here::said);
      List<String> render = demo(checkpoint);
      render.addAll(List.of("--discover", "--key-file=" + key, "--verbose"));
      CliProcess host = start(network.node(0), render);
      host.awaitLine(line -> line.contains("  " + WORKERS + " workers"));

      Node late = network.node(1 + WORKERS);
      worker(late, key);
      Node cutOff = network.node(1);
      cutOff.cutOff();
      workers.get(1).kill();
      awaitEach(host, " lost: ", cutOff, network.node(2));
      cutOff.restore();
      awaitEach(host, " attached over ", cutOff, late);
      assertEquals(ExitCodes.OK, host.awaitExit(), host::said);
    }
    assertEquals(-1, Files.mismatch(expected, checkpoint), "other bits");
  }

  private List<String> demo(Path checkpoint) {
    List<String> arguments = new ArrayList<>(List.of("demo", "--output=" + scratch + "/a.png"));
    arguments.addAll(SIZE);
    arguments.add("--checkpoint=" + checkpoint);
    return arguments;
  }

  private static CliProcess worker(Node node, Path key) {
    return start(node, List.of("worker", "--device=paced", "--threads=1", "--key-file=" + key));
  }

  /** Waits until the host has said that of each, in any order. */
  private static void awaitEach(CliProcess host, String what, Node... nodes)
      throws InterruptedException {
    List<Node> awaited = new ArrayList<>(List.of(nodes));
    while (!awaited.isEmpty()) {
      String line = host.awaitLine(said -> said.contains(what));
      awaited.removeIf(node -> line.contains("(" + node.address() + ":"));
    }
  }

  /** The network ends it when it closes. */
  private static CliProcess start(Node node, List<String> arguments) {
    return CliProcess.startCommand(node.process(ChildJvm.command(arguments)).command());
  }
}
