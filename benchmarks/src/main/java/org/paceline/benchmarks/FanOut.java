// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.agrona.CloseHelper;
import org.paceline.testnet.Node;
import org.paceline.testnet.VirtualNetwork;

/**
 * Gets one scene from one host to several workers, each a process on a node of its own with a link
 * of a given rate.
 */
final class FanOut {
  /** To start a program, and to make a scene. */
  static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** How often a scene is edited. */
  static final int EDITS = 3;

  private static final int SEED = 0;
  private static final int OTHER_SEED = -1;

  /** How many times larger a scene is than that of the host before. */
  private static final int FIRST_SCENES = 32;

  private static final String MULTICAST = "224.20.30.41:4712";

  /** How the scene gets there. */
  enum Way {
    /** A copy for each worker. */
    TCP("tcp"),
    /** One for all, to workers that have been up and never had a host. */
    AERON_MULTICAST("aeron multicast"),
    /** The same to workers whom another host had before: their code is warm. */
    AERON_MULTICAST_LATER("the same, later"),
    /** The same to workers who have another scene of this host's: their memory is in use, too. */
    AERON_MULTICAST_EDITED("the same, edited"),
    /** A file, sent by uftp to uftpd, both in memory. */
    UFTP("uftp");

    private final String label;

    Way(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /**
   * What one distribution took.
   *
   * @param seconds from the host's commit of it until the last worker had everything
   * @param copies bytes that left the host's interface, in scenes
   * @param remark how, where that isn't obvious; or empty
   */
  record Delivery(Way way, int workers, double seconds, double copies, String remark) {}

  private final long sceneBytes;
  private final long linkBitsPerSecond;
  private final int mtuBytes;

  FanOut(long sceneBytes, long linkBitsPerSecond, int mtuBytes) {
    this.sceneBytes = sceneBytes;
    this.linkBitsPerSecond = linkBitsPerSecond;
    this.mtuBytes = mtuBytes;
  }

  /** Five times what a copy for each worker takes on the host's link. */
  private Duration limit(int workers) {
    return START_LIMIT.plusSeconds(5L * workers * sceneBytes * 8 / linkBitsPerSecond);
  }

  /**
   * Distributes the scene once; with uftp at each of its rates, of which the best counts. Empty if
   * uftp gave up at all of them.
   */
  Optional<Delivery> deliver(Way way, int workers) throws IOException, InterruptedException {
    return switch (way) {
      case TCP -> on(workers, network -> deliver(way, "tcp", "", network));
      case AERON_MULTICAST, AERON_MULTICAST_LATER, AERON_MULTICAST_EDITED ->
          on(workers, network -> deliver(way, "aeron", MULTICAST, network));
      case UFTP -> {
        List<Delivery> deliveries = new ArrayList<>();
        for (String rate : UftpTransfer.rates(linkBitsPerSecond)) {
          on(workers, new UftpTransfer(sceneBytes, mtuBytes, rate)::deliver)
              .ifPresent(deliveries::add);
        }
        yield deliveries.stream().min(Comparator.comparingDouble(Delivery::seconds));
      }
    };
  }

  private interface Distribution {
    Optional<Delivery> over(VirtualNetwork network) throws IOException, InterruptedException;
  }

  private Optional<Delivery> on(int workers, Distribution distribution)
      throws IOException, InterruptedException {
    try (VirtualNetwork network = VirtualNetwork.create(1 + workers)) {
      for (Node node : network.nodes()) {
        node.mtu(mtuBytes);
        node.shape(linkBitsPerSecond);
      }
      return distribution.over(network);
    }
  }

  private Optional<Delivery> deliver(
      Way way, String scheme, String multicast, VirtualNetwork network)
      throws IOException, InterruptedException {
    boolean edits = way == Way.AERON_MULTICAST_EDITED;
    List<Node> nodes = network.nodes().subList(1, network.nodes().size());
    Deque<NodeProgram> programs = new ArrayDeque<>();
    try {
      List<String> endpoints = new ArrayList<>();
      for (Node node : nodes) {
        String listen = scheme + "://" + node.address() + ":0";
        programs.push(NodeProgram.startCompiledQuickly(node, FanOutWorker.class, List.of(listen)));
      }
      for (NodeProgram worker : programs) {
        endpoints.add(worker.await(FanOutWorker.LISTENING, START_LIMIT));
      }
      Node node = network.node(0);
      if (way == Way.AERON_MULTICAST_LATER) {
        long firstBytes = sceneBytes / FIRST_SCENES;
        try (NodeProgram first = host(node, firstBytes, OTHER_SEED, 0, multicast, endpoints)) {
          first.await(FanOutHost.READY, START_LIMIT);
          measure(first, nodes.size());
        }
      }
      int editCount = edits ? EDITS : 0;
      NodeProgram host = host(node, sceneBytes, SEED, editCount, multicast, endpoints);
      programs.push(host);
      host.await(FanOutHost.READY, START_LIMIT.plus(limit(nodes.size())));
      FreshMemory.touch(nodes.size() * sceneBytes);
      long sentBefore = node.shapedBytes();
      double seconds = measure(host, nodes.size());
      double copies =
          (node.shapedBytes() - sentBefore) / (double) sceneBytes / Math.max(1, editCount);
      return Optional.of(new Delivery(way, nodes.size(), seconds, copies, ""));
    } finally {
      CloseHelper.closeAll(programs);
    }
  }

  private static NodeProgram host(
      Node node, long bytes, int seed, int edits, String multicast, List<String> endpoints)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("" + bytes, "" + seed, "" + edits, multicast));
    arguments.addAll(endpoints);
    return NodeProgram.startCompiledQuickly(node, FanOutHost.class, arguments);
  }

  /** Has a host that is ready go; the seconds that it took. */
  private double measure(NodeProgram host, int workers) throws InterruptedException {
    host.tell("go");
    return Double.parseDouble(host.await(FanOutHost.TOOK, limit(workers)));
  }
}
