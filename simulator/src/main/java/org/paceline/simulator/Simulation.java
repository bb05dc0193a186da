// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.paceline.api.RenderProgress.State;

/** One run: a cluster drawn from a seed, in one thread and in virtual time, with faults. */
final class Simulation implements World {
  static final String SCHEME = "sim";

  private static final long MS = 1_000_000;
  private static final long SOON_NS = 50_000_000;
  private static final int HOST = -1;
  private static final int RIVAL = -2;

  private final VirtualTime time = new VirtualTime();
  private final Journal journal;
  private final SplittableRandom random;
  private final Scenario scenario;
  private final Wire.Conditions conditions;
  private final List<Machine> machines = new ArrayList<>();
  private final HostNode host;
  private final Faults faults;
  private String failure = "";
  private int roundsLeft;
  private HostNode.Render current;
  private boolean renderDue;
  private long boundFromNs;
  private boolean resting;
  private boolean tainted;
  private boolean over;

  Simulation(long seed, int workers, PrintStream out) {
    random = new SplittableRandom(seed);
    journal = new Journal(time, out);
    scenario = Scenario.draw(random.split(), workers);
    conditions =
        new Wire.Conditions(
            time, journal, random.split(), new Traffic(), true, () -> tainted = true, this::fail);
    for (int i = 0; i < scenario.lines().length; i++) {
      machines.add(
          new Machine(
              this,
              i,
              scenario.lines()[i],
              scenario.samplesPerSecond()[i],
              scenario.config(),
              random.split()));
    }
    Optional<LossyBroadcast> broadcast =
        scenario.broadcasts()
            ? Optional.of(new LossyBroadcast(conditions, random.nextLong(2 * MS)))
            : Optional.empty();
    Optional<SlowDisk> disk =
        scenario.checkpoints() ? Optional.of(new SlowDisk(time, random.split())) : Optional.empty();
    host = host(HOST, broadcast, disk);
    faults = new Faults(this, random.split(), machines, host, broadcast, scenario.faultsEndNs());
    roundsLeft = scenario.rounds();
    boundFromNs = scenario.faultsEndNs();
  }

  private HostNode host(int number, Optional<LossyBroadcast> broadcast, Optional<SlowDisk> disk) {
    HostNode made =
        new HostNode(
            this,
            number,
            costs(),
            machines,
            scenario.config(),
            scenario.sceneBytes(),
            broadcast,
            disk,
            random.split());
    if (scenario.crowded()) {
      made.grow();
    }
    return made;
  }

  // ---- what parts of it ask

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
  public boolean checksEachStep() {
    return true;
  }

  @Override
  public Node.Costs workerCosts() {
    return costs();
  }

  private Node.Costs costs() {
    return new Node.Costs(
        MS + random.nextLong(15 * MS), 1 + random.nextLong(100_000), random.nextLong(20_000));
  }

  /** A clock that agrees with nobody's. */
  @Override
  public SkewedClock clock() {
    long offsetNs = random.nextLong() >> random.nextInt(40);
    return new SkewedClock(time, offsetNs, 0.9 + 0.2 * random.nextDouble());
  }

  /** Whether a worker has memory for one host's scene at a time. */
  boolean isCrowded() {
    return scenario.crowded();
  }

  HostNode anotherHost() {
    HostNode rival = host(RIVAL, Optional.empty(), Optional.empty());
    rival.wake();
    return rival;
  }

  /** A host renders what the first one does, of its own scene. */
  HostNode.Render renderFor(HostNode renderer) {
    return renderer.render(scenario.width(), scenario.height(), scenario.samples());
  }

  @Override
  public void fail(String sentence) {
    if (failure.isEmpty()) {
      failure = sentence;
      journal.tell("FAILURE: %s", sentence);
    }
  }

  // ---- the run

  Outcome run() {
    long steps = 0;
    try {
      journal.tell(
          "%d workers, %d x %d with %d samples, heartbeats within %d ms, %s",
          machines.size(),
          scenario.width(),
          scenario.height(),
          scenario.samples(),
          scenario.config().heartbeatTimeout().toMillis(),
          scenario.broadcasts() ? "with a broadcast" : "without a broadcast");
      faults.start();
      host.wake();
      nextRound();
      while (!over && failure.isEmpty()) {
        time.step();
        steps++;
        look();
      }
      if (!tainted) {
        host.checkFilms();
        faults.rivals().forEach(HostNode::checkFilms);
      }
    } catch (RuntimeException | Error e) {
      fail("an exception escaped: " + e + where(e));
    } finally {
      host.host().statuses().forEach(status -> journal.tell("%s", status));
      close();
    }
    return new Outcome(
        failure, machines.size(), journal.hash(), time.nowNs(), host.mostEarly(), steps);
  }

  private void nextRound() {
    resting = false;
    roundsLeft--;
    boundFromNs = Math.max(boundFromNs, time.nowNs());
    // in a crowd what counts is whether scenes come back, with a disk whether films do
    boolean returns = isCrowded() || scenario.checkpoints();
    boolean edits = current == null || random.nextInt(returns ? 2 : 4) > 0;
    if (edits) {
      host.editAndCommit();
    }
    renderDue = true;
  }

  private void look() {
    if (renderDue && !host.isCommitting()) {
      render();
    }
    if (current != null && current.isOver() && !renderDue && !resting) {
      jobIsOver();
    }
    if (time.nowNs() > boundFromNs) {
      lookForLateness(scenario.boundNs(faults.lost()));
    }
  }

  private void lookForLateness(long boundNs) {
    if (time.nowNs() > boundFromNs + boundNs) {
      String what =
          !current.isOver()
              ? "the job isn't done"
              : host.hasWorkers(faults::getsWell)
                  ? "another host's job isn't done"
                  : "not every worker is there";
      fail(what + " " + boundNs / MS + " ms after the last fault");
    }
  }

  private void render() {
    renderDue = false;
    current = renderFor(host);
    journal.tell("render");
    if (roundsLeft > 0) {
      HostNode.Render interrupted = current;
      // some edits come while the last one is still being sent
      boolean soon = random.nextInt(3) == 0;
      time.in(
          random.nextLong(soon ? SOON_NS : 2 * scenario.idealNs() + 500 * MS),
          () -> {
            if (current == interrupted && roundsLeft > 0 && !renderDue) {
              if (random.nextInt(4) == 0) {
                current.job().cancel();
              }
              nextRound();
            }
          });
    }
  }

  private void jobIsOver() {
    State state = current.job().progress().state();
    if (state == State.FAILED) {
      if (!tainted) {
        fail("the job failed: " + current.job().failure());
      }
      // a damaged message can have any worker refused for a while
      resting = true;
      time.in(500 * MS, this::renderAgain);
    } else if (roundsLeft > 0) {
      nextRound();
    } else if (state == State.DONE) {
      if (time.nowNs() > scenario.faultsEndNs()) {
        over =
            host.hasWorkers(faults::getsWell)
                && faults.rivals().stream().allMatch(HostNode::isThrough);
      } else {
        // more to go wrong, after a rest
        journal.tell("done");
        roundsLeft++;
        resting = true;
        time.in(random.nextLong((isCrowded() ? 4_000 : 1_000) * MS), this::nextRound);
      }
    } else {
      fail("the job was cancelled by nobody");
    }
  }

  private void renderAgain() {
    resting = false;
    renderDue = true;
  }

  private static String where(Throwable e) {
    // none where the compiled code throws the same one over and over
    return Arrays.stream(e.getStackTrace())
        .limit(4)
        .map(frame -> " < " + frame)
        .collect(Collectors.joining());
  }

  private void close() {
    try {
      faults.rivals().forEach(HostNode::close);
      host.close();
      machines.forEach(Machine::close);
      faults.rivals().forEach(HostNode::release);
      host.release();
    } catch (RuntimeException | Error e) {
      fail("an exception escaped at the end: " + e);
    }
  }
}
