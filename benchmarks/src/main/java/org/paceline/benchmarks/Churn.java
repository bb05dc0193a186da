// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.paceline.api.RenderJob;
import org.paceline.api.transport.Endpoint;
import org.paceline.testnet.Node;
import org.paceline.testnet.VirtualNetwork;

/**
 * A render during which one of four workers is killed, one is cut off from the network for ten
 * seconds, and one is added; each is on a node of its own and found by mDNS.
 *
 * <p>The ideal is what {@link Capacity} says for the workers' speeds and presences. A worker's
 * speed is that of its passes in this render: pixel samples by the time that it rendered them. It
 * counts as present
 *
 * <ul>
 *   <li>from the render's start, if it is one of the first four, which have the scene by then;
 *   <li>the one that is killed, until then;
 *   <li>the one that is cut off, until then, and again from when it has the scene again;
 *   <li>the one that is added, from when it has the scene.
 * </ul>
 *
 * <p>The strict ideal forgives neither finding nor loading: there the one that was cut off counts
 * from when its link is back, and the one that is added from when it listens.
 */
final class Churn {
  /** At which several workers leave two cores mostly idle. */
  static final long SAMPLES_PER_SECOND = 40_000;

  /** Some 40 s of work. */
  static final int SAMPLES = 384;

  static final int KILL_AT_S = 8;
  static final int CUT_OFF_AT_S = 12;
  static final int ADD_AT_S = 14;
  static final int RESTORE_AT_S = 22;

  private static final int WORKERS = 4;

  /** Places of nodes in the network; the host is the first. */
  private static final int KILLED = 1;

  private static final int CUT_OFF = 2;
  private static final int ADDED = 1 + WORKERS;

  private static final double FOREVER = Double.POSITIVE_INFINITY;

  /** To start a program, and to find workers. */
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /**
   * What one render took.
   *
   * @param seconds all of it
   * @param ideal seconds, from the workers' having the scene
   * @param strictIdeal seconds, from their being there
   * @param returnedAfter seconds from the link's return until that worker had the scene
   * @param addedAfter seconds from the added one's listening until it had the scene
   * @param pace part of the set pace that the workers' speeds reached, of the least
   * @param digest of the film
   */
  record Result(
      double seconds,
      double ideal,
      double strictIdeal,
      double returnedAfter,
      double addedAfter,
      double pace,
      String digest) {
    double ratio() {
      return seconds / ideal;
    }

    double strictRatio() {
      return seconds / strictIdeal;
    }
  }

  /** When each change came, in seconds since the render's start. */
  private record Changes(double killed, double cutOff, double back, double added) {}

  private final Deque<NodeProgram> programs = new ArrayDeque<>();
  private final VirtualNetwork network;
  private long startNs;

  private Churn(VirtualNetwork network) {
    this.network = network;
  }

  /** The digest of the same film, rendered by one worker at full speed that nothing happens to. */
  static String undisturbed() throws IOException, InterruptedException {
    List<String> arguments = List.of("tcp://127.0.0.1:0", "0");
    try (NodeProgram program = NodeProgram.start(ElasticWorker.class, arguments)) {
      Endpoint worker = Endpoint.parse(program.await(ElasticWorker.LISTENING, START_LIMIT));
      try (HostedRender render = HostedRender.with(List.of(worker), SAMPLES)) {
        RenderJob job = render.start(new WorkDone());
        HostedRender.awaitDone(job);
        return HostedRender.digest(job.film());
      }
    }
  }

  /** Renders once. */
  static Result render() throws IOException, InterruptedException {
    try (VirtualNetwork network = VirtualNetwork.create(1 + WORKERS + 1)) {
      Churn churn = new Churn(network);
      try {
        return churn.run();
      } finally {
        CloseHelper.closeAll(churn.programs);
      }
    }
  }

  private Result run() throws IOException, InterruptedException {
    List<NodeProgram> workers = new ArrayList<>();
    for (Node node : network.nodes().subList(1, 1 + WORKERS)) {
      workers.add(worker(node));
    }
    for (NodeProgram worker : workers) {
      worker.await(ElasticWorker.LISTENING, START_LIMIT);
    }
    List<String> job = List.of("" + WORKERS, "" + SAMPLES);
    NodeProgram host = start(network.node(0), ElasticHost.class, job);
    host.await(ElasticHost.RENDERING, START_LIMIT);
    startNs = System.nanoTime();

    sleepUntil(KILL_AT_S);
    workers.get(KILLED - 1).kill();
    final double killedAt = seconds();
    sleepUntil(CUT_OFF_AT_S);
    network.node(CUT_OFF).cutOff();
    final double cutOffAt = seconds();
    sleepUntil(ADD_AT_S);
    worker(network.node(ADDED)).await(ElasticWorker.LISTENING, START_LIMIT);
    final double listensAt = seconds();
    sleepUntil(RESTORE_AT_S);
    network.node(CUT_OFF).restore();
    final double restoredAt = seconds();

    host.await(ElasticHost.RENDERED, HostedRender.RENDER_LIMIT);
    HostReport report = HostReport.of(host.awaitEnd());
    double returnedAt = report.cameAt(network.node(CUT_OFF));
    double addedAt = report.cameAt(network.node(ADDED));
    return new Result(
        report.seconds(),
        ideal(report, new Changes(killedAt, cutOffAt, returnedAt, addedAt)),
        ideal(report, new Changes(killedAt, cutOffAt, restoredAt, listensAt)),
        returnedAt - restoredAt,
        addedAt - listensAt,
        report.leastSpeed() / SAMPLES_PER_SECOND,
        report.digest());
  }

  private double ideal(HostReport report, Changes changes) {
    Capacity capacity = new Capacity();
    for (int untouched = CUT_OFF + 1; untouched <= WORKERS; untouched++) {
      capacity.add(report.speed(network.node(untouched)), 0, FOREVER);
    }
    capacity.add(report.speed(network.node(KILLED)), 0, changes.killed());
    capacity.add(report.speed(network.node(CUT_OFF)), 0, changes.cutOff());
    capacity.add(report.speed(network.node(CUT_OFF)), changes.back(), FOREVER);
    capacity.add(report.speed(network.node(ADDED)), changes.added(), FOREVER);
    return capacity.secondsFor(HostedRender.pixelSamples(SAMPLES));
  }

  private double seconds() {
    return (System.nanoTime() - startNs) * 1e-9;
  }

  private void sleepUntil(int seconds) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(startNs + TimeUnit.SECONDS.toNanos(seconds) - System.nanoTime());
  }

  private NodeProgram worker(Node node) throws IOException {
    String listen = "tcp://" + node.address() + ":0";
    return start(node, ElasticWorker.class, List.of(listen, "" + SAMPLES_PER_SECOND));
  }

  private NodeProgram start(Node node, Class<?> main, List<String> arguments) throws IOException {
    NodeProgram program = NodeProgram.start(node, main, arguments);
    programs.push(program);
    return program;
  }
}
