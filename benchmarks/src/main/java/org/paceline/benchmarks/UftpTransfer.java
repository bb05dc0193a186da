// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.agrona.CloseHelper;
import org.paceline.testnet.Node;
import org.paceline.testnet.VirtualNetwork;

/**
 * The baseline of a fan-out: the multicast file transfer programs uftp and uftpd.
 *
 * <p>Files lie in a memory file system of their own in each process's name space of mounts, which
 * goes with the process. Blocks are the largest that fit a frame, buffers what the system allows.
 * Uftp keeps a fixed rate, and which is its best depends on how many receivers the machine carries:
 * as fast as the link takes it, or nine tenths of that, so that little is lost and sent again. Its
 * congestion control (tfmcc) took twice as long as either.
 */
final class UftpTransfer {
  /** What a packet takes beside its block, and the longest block, by uftp's manual. */
  private static final int HEADER_BYTES = 100;

  private static final int MAX_BLOCK_BYTES = 8800;

  private static final String BUFFER_BYTES = "4194304";
  private static final String CACHE_BYTES = "4194304";

  private static final String IN_PRIVATE_MEMORY = "mount -t tmpfs tmpfs /tmp && ";

  private final long sceneBytes;
  private final int mtuBytes;
  private final String rate;

  UftpTransfer(long sceneBytes, int mtuBytes, String rate) {
    this.sceneBytes = sceneBytes;
    this.mtuBytes = mtuBytes;
    this.rate = rate;
  }

  /** The rates to try, in kbit/s; -1 is as fast as the interface takes it. */
  static List<String> rates(long linkBitsPerSecond) {
    return List.of("-1", "" + linkBitsPerSecond / 1000 * 9 / 10);
  }

  /** Why it can't be measured, as a sentence; null if it can. */
  static String unavailableBecause() {
    for (String program : List.of("uftp", "uftpd")) {
      try {
        new ProcessBuilder(program, "-?").redirectErrorStream(true).start().destroy();
      } catch (IOException e) {
        return program + " is not installed (Debian: apt-get install uftp)";
      }
    }
    return null;
  }

  /** Distributes the scene once; empty if uftp gave up, as it does when too much is lost. */
  Optional<FanOut.Delivery> deliver(VirtualNetwork network)
      throws IOException, InterruptedException {
    Node host = network.node(0);
    List<Node> receivers = network.nodes().subList(1, network.nodes().size());
    Deque<NodeProgram> programs = new ArrayDeque<>();
    try {
      List<String> ids = new ArrayList<>();
      for (Node receiver : receivers) {
        String id = String.format(Locale.ROOT, "0x%08X", ids.size() + 1);
        ids.add(id);
        String daemon = "uftpd -d -q -D /tmp" + common() + " -c " + CACHE_BYTES + " -U " + id;
        programs.push(shell(receiver, "{ " + daemon + " & read end; kill $!; wait $!; }"));
      }
      for (NodeProgram program : programs) {
        program.await("UFTP version", FanOut.START_LIMIT);
      }
      NodeProgram sender =
          shell(
              host,
              ("head -c " + sceneBytes + " /dev/urandom >/tmp/scene && echo ready && read go &&")
                  + (" exec uftp -q -b "
                      + Math.min(MAX_BLOCK_BYTES, mtuBytes - HEADER_BYTES)
                      + " -R "
                      + rate
                      + common())
                  + (" -H " + String.join(",", ids) + " /tmp/scene"));
      programs.push(sender);
      sender.await("ready", FanOut.START_LIMIT);
      FreshMemory.touch(receivers.size() * sceneBytes);
      long sentBefore = host.shapedBytes();
      long start = System.nanoTime();
      sender.tell("go");
      List<String> output = sender.awaitEnd();
      double seconds = (System.nanoTime() - start) * 1e-9;
      double copies = (host.shapedBytes() - sentBefore) / (double) sceneBytes;
      long completed = output.stream().filter(line -> line.contains("Status: Completed")).count();
      return completed < receivers.size()
          ? Optional.empty()
          : Optional.of(
              new FanOut.Delivery(
                  FanOut.Way.UFTP, receivers.size(), seconds, copies, "uftp -R " + rate));
    } finally {
      CloseHelper.closeAll(programs);
    }
  }

  private static String common() {
    return " -I " + Node.INTERFACE + " -B " + BUFFER_BYTES;
  }

  private static NodeProgram shell(Node node, String script) throws IOException {
    return NodeProgram.start(node, List.of("sh", "-c", IN_PRIVATE_MEMORY + script));
  }
}
