// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.paceline.api.ClusterConfig;
import org.paceline.api.FilmLayout;
import org.paceline.api.RenderRequest;

/**
 * Very many workers of mixed speed at one host, some of which leave while others join. Passes are
 * neither rendered nor carried; all else happens.
 */
final class LargeCluster implements World {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000 * MS;
  private static final double SLOWEST = 10_000;
  private static final double SPREAD = 100;
  private static final int WIDTH = 3840;
  private static final int HEIGHT = 2160;
  private static final double IDEAL_SECONDS = 20;
  private static final long GIVEN_UP_NS = 600 * SECOND;

  /** What a host's duty cycle takes for each of its links, and for each thing that it does. */
  private static final long LINK_NS = 200;

  private static final long WORK_NS = 1_000;

  /**
   * A question.
   *
   * @param workers how many
   * @param roundTripNs between the host and each of them
   * @param leavingPerSecond part of the workers that leaves each second, to be back after some
   * @param config what the host is told, but for the workers
   */
  record Setting(int workers, long roundTripNs, double leavingPerSecond, ClusterConfig config) {
    Setting(int workers, long roundTripNs, double leavingPerSecond) {
      this(
          workers,
          roundTripNs,
          leavingPerSecond,
          ClusterConfig.builder().unitTarget(Duration.ofMillis(300)).build());
    }
  }

  /**
   * The answer. Use is samples in the film by samples that the workers who were up could have
   * rendered.
   *
   * @param busy time that devices rendered by time that they were up, weighed by speed, until 98 %
   *     of the samples were in
   * @param used the same with useful samples only
   * @param seconds until all samples were in
   * @param firstPassNs from the job's start to its first pass, the scene being with the workers
   * @param coldNs from the session's start to all workers' having the scene
   * @param messagesPerSecond that the host sent or got
   * @param bytesPerSecond that the host got
   * @param mostEarly the most of a film's samples that were kept aside at once, as a part of all
   * @param hostLoad time of this computer that the host's duty cycles took by virtual time
   */
  record Result(
      double busy,
      double used,
      double seconds,
      double idealSeconds,
      long firstPassNs,
      long coldNs,
      double messagesPerSecond,
      double bytesPerSecond,
      double mostEarly,
      double hostLoad) {}

  private final Setting setting;
  private final VirtualTime time = new VirtualTime();
  private final Journal journal = new Journal(time, null);
  private final SplittableRandom random = new SplittableRandom(1);
  private final Traffic traffic = new Traffic();
  private final Wire.Conditions conditions;
  private final List<Machine> machines = new ArrayList<>();
  private final HostNode host;
  private double capacity;
  private double busy;

  private LargeCluster(Setting setting) {
    this.setting = setting;
    conditions =
        new Wire.Conditions(time, journal, random.split(), traffic, false, () -> {}, this::fail);
    for (int i = 0; i < setting.workers(); i++) {
      long latencyNs = setting.roundTripNs() / 2;
      Line line = new Line(latencyNs, latencyNs / 20 + 1, 0, 4 << 20, false);
      double speed = Scenario.between(random, SLOWEST, SLOWEST * SPREAD);
      machines.add(new Machine(this, i, line, speed, setting.config(), random.split()));
    }
    long cycleNs = setting.workers() * LINK_NS;
    host =
        new HostNode(
            this,
            -1,
            new Node.Costs(MS, cycleNs, WORK_NS),
            machines,
            setting.config(),
            64 << 10,
            Optional.empty(),
            Optional.empty(),
            random.split());
  }

  /** Finds out. */
  static Result run(Setting setting) {
    return new LargeCluster(setting).run();
  }

  @Override
  public VirtualTime time() {
    return time;
  }

  @Override
  public Journal journal() {
    return journal;
  }

  @Override
  public Wire.Conditions conditions() {
    return conditions;
  }

  @Override
  public SkewedClock clock() {
    return new SkewedClock(time, random.nextLong() >> 8, 0.9999 + 0.0002 * random.nextDouble());
  }

  @Override
  public Node.Costs workerCosts() {
    return new Node.Costs(100 * MS, 10_000, 5_000);
  }

  @Override
  public boolean checksEachStep() {
    return false;
  }

  @Override
  public void fail(String sentence) {
    throw new IllegalStateException(sentence);
  }

  private Result run() {
    machines.forEach(Machine::start);
    host.editAndCommit();
    while (!host.hasWorkers(worker -> true)) {
      step();
    }
    final long readyNs = time.nowNs();
    double speed = machines.stream().mapToDouble(Machine::samplesPerSecond).sum();
    int samples = (int) Math.ceil(IDEAL_SECONDS * speed / WIDTH / HEIGHT);
    HostNode.Render render =
        host.render(new RenderRequest(WIDTH, HEIGHT, samples, FilmLayout.combined()));
    final long messagesBefore = traffic.messages();
    final long bytesBefore = traffic.bytesToHost();
    final long tookBefore = host.tookNs();
    machines.forEach(machine -> machine.countFrom(readyNs));
    if (setting.leavingPerSecond() > 0) {
      leave();
    }
    while (render.job().progress().passes() == 0) {
      step();
    }
    final long firstPassNs = time.nowNs() - readyNs;
    while (render.job().progress().fraction() < 0.98) {
      step();
    }
    machines.forEach(this::count);
    final double used = render.job().progress().doneSamples() / capacity;
    final double busyPart = busy / capacity;
    while (!render.isDone()) {
      step();
    }
    double seconds = (time.nowNs() - readyNs) / 1e9;
    Result result =
        new Result(
            busyPart,
            used,
            seconds,
            (double) WIDTH * HEIGHT * samples / speed,
            firstPassNs,
            readyNs,
            (traffic.messages() - messagesBefore) / seconds,
            (traffic.bytesToHost() - bytesBefore) / seconds,
            render.mostEarly(),
            (host.tookNs() - tookBefore) / 1e9 / seconds);
    host.close();
    machines.forEach(Machine::close);
    host.release();
    return result;
  }

  private void step() {
    time.step();
    if (time.nowNs() > GIVEN_UP_NS) {
      fail("it takes longer than " + GIVEN_UP_NS / SECOND + " s");
    }
  }

  /** Somebody leaves, and is back after a while. */
  private void leave() {
    double pauseNs = SECOND / (setting.leavingPerSecond() * setting.workers());
    time.in(
        (long) (2 * pauseNs * random.nextDouble()),
        () -> {
          Machine machine = machines.get(random.nextInt(machines.size()));
          if (machine.isUp()) {
            count(machine);
            machine.crash(random.nextBoolean(), false);
            time.in(
                SECOND + random.nextLong(4 * SECOND),
                () -> {
                  machine.start();
                  machine.countFrom(time.nowNs());
                });
          }
          leave();
        });
  }

  /** What a machine did since it was counted last. */
  private void count(Machine machine) {
    if (machine.isUp()) {
      capacity += machine.samplesPerSecond() * (time.nowNs() - machine.countedNs()) / 1e9;
      busy += machine.samplesPerSecond() * machine.busyNs() / 1e9;
    }
  }
}
