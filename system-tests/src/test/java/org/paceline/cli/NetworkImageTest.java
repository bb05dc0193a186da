// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.cycles.CyclesSettings;
import org.paceline.cycles.Exr;
import org.paceline.cycles.Native;
import org.paceline.testnet.Node;
import org.paceline.testnet.VirtualNetwork;

/** A host and four workers with addresses of their own, and a switch that may fail. */
@Tag("slow")
@Timeout(300)
class NetworkImageTest {
  private static final int WORKERS = 4;
  private static final int WIDTH = 240;
  private static final int HEIGHT = 136;
  private static final int SAMPLES = 320;

  /** The scene takes seconds, so that several workers want the same of it. */
  private static final long LINK_BITS_PER_SECOND = 30_000_000;

  private static final Path SCENE = Path.of("..", "examples", "textures.xml");

  @TempDir private Path scratch;

  @Test
  void workerThatIsCutOffFromTheMulticastAndComesBackDoesNotChangeABit() throws Exception {
    Native.require();
    String reason = VirtualNetwork.unavailableBecause();
    assumeTrue(reason == null, reason);
    Path expected = scratch.resolve("expected.exr");
    try (WorkerProcesses local =
        WorkerProcesses.start(2, WorkerLaunch.of("cycles", 1), line -> {})) {
      CyclesSettings settings = CyclesSettings.withSamples(SAMPLES).withSize(WIDTH, HEIGHT);
      ClusterRender.render(SCENE, settings, local.awaitEndpoints(), expected);
    }
    Path image = scratch.resolve("image.exr");
    Path key = Files.writeString(scratch.resolve("key"), "the network's key\n");
    try (VirtualNetwork network = VirtualNetwork.create(1 + WORKERS)) {
      network.nodes().forEach(node -> node.shape(LINK_BITS_PER_SECOND));
      List<CliProcess> workers = new ArrayList<>();
      List<String> render =
          new ArrayList<>(List.of("render", "--verbose", SCENE.toString(), "--output=" + image));
      render.addAll(List.of("--samples=" + SAMPLES, "--width=" + WIDTH, "--height=" + HEIGHT));
      render.addAll(List.of("--key-file=" + key, "--transport=aeron"));
      render.add("--multicast=224.20.30.41:4712");
      for (Node node : network.nodes().subList(1, 1 + WORKERS)) {
        String listen = "--listen=" + node.address();
        List<String> worker = List.of("worker", listen, "--key-file=" + key, "--threads=1");
        workers.add(start(node, worker));
        render.add("--worker=" + node.address());
      }
      for (CliProcess worker : workers) {
        worker.awaitLine(line -> line.contains("listening on"));
      }
      CliProcess host = start(network.node(0), render);
      host.awaitLine(line -> line.contains("once for all who want them"));
      // all of them, and none loading
      host.awaitLine(line -> line.contains("samples/s  " + WORKERS + " workers  "));
      Node unlucky = network.node(WORKERS);
      unlucky.cutOff();
      host.awaitLine(line -> line.contains("lost"));
      unlucky.restore();
      host.awaitLine(line -> line.contains("attached over aeron"));
      assertEquals(ExitCodes.OK, host.awaitExit(), host::said);
      for (CliProcess worker : workers) {
        worker.interrupt();
        assertEquals(ExitCodes.INTERRUPTED, worker.awaitExit(), worker::said);
      }
    }
    Exr wanted = Exr.read(expected);
    Exr got = Exr.read(image);
    assertEquals(wanted.channels().keySet(), got.channels().keySet());
    wanted.channels().forEach((name, pixels) -> assertSameBits(name, pixels, got));
    assertTrue(Files.size(image) > 0);
  }

  /** The network ends it when it closes. */
  private static CliProcess start(Node node, List<String> arguments) {
    return CliProcess.startCommand(node.process(ChildJvm.command(arguments)).command());
  }

  private static void assertSameBits(String name, float[] pixels, Exr got) {
    assertArrayEquals(bits(pixels), bits(got.channels().get(name)), name);
  }

  private static int[] bits(float[] pixels) {
    int[] bits = new int[pixels.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(pixels[i]);
    }
    return bits;
  }
}
