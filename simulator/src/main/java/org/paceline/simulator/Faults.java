// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Lets things go wrong until an end, each run with other kinds of faults: what hides behind a crash
 * shows when nothing crashes (swarm testing; Groce and others, 2012).
 */
final class Faults {
  private enum Kind {
    CUT,
    SILENCE,
    CRASH,
    LEAVE,
    HANG,
    FREEZE,
    FREEZE_HOST,
    SLOW,
    DELAY,
    PRESSURE,
    STRANGERS,
    RIVAL,
    WITHDRAW,
    LOSS,
    DAMAGED_WRITES,
    DAMAGED_MESSAGES
  }

  private static final long MS = 1_000_000;
  private static final int STRANGERS = 70;

  private final Simulation simulation;
  private final VirtualTime time;
  private final Journal journal;
  private final SplittableRandom random;
  private final List<Machine> machines;
  private final HostNode host;
  private final Optional<LossyBroadcast> broadcast;
  private final long endNs;
  private final long pauseNs;
  private final List<Kind> kinds;
  private final List<HostNode> rivals = new ArrayList<>();
  private Machine hungForGood;
  private final UnsafeBuffer nonsense = new UnsafeBuffer(new byte[300]);

  Faults(
      Simulation simulation,
      SplittableRandom random,
      List<Machine> machines,
      HostNode host,
      Optional<LossyBroadcast> broadcast,
      long endNs) {
    this.simulation = simulation;
    this.random = random;
    this.machines = machines;
    this.host = host;
    this.broadcast = broadcast;
    this.endNs = endNs;
    time = simulation.time();
    journal = simulation.journal();
    Set<Kind> drawn = EnumSet.noneOf(Kind.class);
    for (Kind kind : Kind.values()) {
      // damaged messages make a film that nobody can promise, so they are rare
      int odds = kind == Kind.DAMAGED_MESSAGES ? 10 : 3;
      boolean needed = kind == Kind.RIVAL && simulation.isCrowded();
      if (random.nextInt(odds) == 0 || needed) {
        drawn.add(kind);
      }
    }
    kinds = List.copyOf(drawn);
    pauseNs = (long) Scenario.between(random, 10 * MS, 1_000 * MS);
  }

  /** Begins, with some of the machines up. */
  void start() {
    for (Machine machine : machines) {
      if (random.nextInt(4) == 0) {
        time.in(random.nextLong(endNs), () -> startMachine(machine));
      } else {
        startMachine(machine);
      }
    }
    journal.tell("faults: %s, one in %d ms, until %d ms", kinds, pauseNs / MS, endNs / MS);
    time.at(endNs, this::end);
    next();
  }

  private void startMachine(Machine machine) {
    if (!machine.isUp()) {
      journal.tell("%s starts", machine.endpoint().host());
      machine.start();
    }
  }

  private void next() {
    long atNs = time.nowNs() + random.nextLong(2 * pauseNs);
    if (!kinds.isEmpty() && atNs < endNs) {
      time.at(
          atNs,
          () -> {
            happen();
            next();
          });
    }
  }

  /** At most so long, and over when all faults are. */
  private long untilNs(long most) {
    return Math.min(endNs, time.nowNs() + random.nextLong(most));
  }

  private void happen() {
    boolean crowds = simulation.isCrowded() && random.nextInt(4) == 0;
    Kind kind = crowds ? Kind.RIVAL : kinds.get(random.nextInt(kinds.size()));
    Machine machine = machines.get(random.nextInt(machines.size()));
    Line line = machine.line();
    journal.tell("%s at %s", kind, machine.endpoint().host());
    switch (kind) {
      case CUT -> machine.cut();
      case SILENCE -> silence(line);
      case CRASH -> crash(machine);
      case LEAVE -> machine.leave(random.nextLong(2_000 * MS));
      case HANG -> hang(machine);
      case FREEZE -> machine.freezeUntil(untilNs(4_000 * MS));
      case FREEZE_HOST -> host.freezeUntil(untilNs(4_000 * MS));
      case SLOW -> machine.slowDown(Scenario.between(random, 1, 1_000));
      case DELAY -> line.extraLatencyNs = random.nextLong(100 * MS);
      case PRESSURE -> line.pressure = random.nextDouble();
      case STRANGERS -> strangers(machine);
      case RIVAL -> rival();
      case WITHDRAW -> host.gone(machine);
      case LOSS -> broadcast.ifPresent(it -> it.loseFrom(random.nextDouble()));
      case DAMAGED_WRITES -> line.damagedWrites = random.nextDouble();
      case DAMAGED_MESSAGES -> line.damagedMessages = random.nextDouble() * 0.1;
    }
    if (random.nextBoolean()) {
      time.at(untilNs(2_000 * MS), () -> heal(machine));
    }
  }

  /** One of several may do so for good. */
  private void hang(Machine machine) {
    if (hungForGood == null && machines.size() > 1 && random.nextInt(4) == 0) {
      hungForGood = machine;
      machine.hangUntil(Long.MAX_VALUE);
    } else {
      machine.hangUntil(untilNs(10_000 * MS));
    }
  }

  private void silence(Line line) {
    long untilNs = untilNs(4_000 * MS);
    int directions = 1 + random.nextInt(3);
    if ((directions & 1) != 0) {
      line.silence(true, untilNs);
    }
    if ((directions & 2) != 0) {
      line.silence(false, untilNs);
    }
  }

  private void crash(Machine machine) {
    machine.crash(random.nextBoolean(), random.nextInt(3) == 0);
    time.at(untilNs(2_000 * MS), () -> startMachine(machine));
  }

  private void strangers(Machine machine) {
    for (int i = 1 + random.nextInt(random.nextBoolean() ? 3 : STRANGERS); i > 0; i--) {
      Wire wire = machine.dial(new Stranger(time, journal));
      time.in(random.nextLong(500 * MS), () -> talkNonsense(wire));
      time.at(untilNs(3_000 * MS), () -> wire.host.close("changed its mind"));
    }
  }

  private void talkNonsense(Wire wire) {
    int length = 1 + random.nextInt(nonsense.capacity());
    for (int i = 0; i < length; i++) {
      nonsense.putByte(i, (byte) random.nextInt());
    }
    if (random.nextBoolean()) {
      wire.host.offer(nonsense, 0, length);
    }
  }

  private void rival() {
    if (rivals.isEmpty()) {
      HostNode rival = simulation.anotherHost();
      rivals.add(rival);
      rival.editAndCommit();
      simulation.renderFor(rival);
    } else if (rivals.get(0).isThrough()) {
      simulation.renderFor(rivals.get(0));
    }
  }

  private void heal(Machine machine) {
    machine.line().heal();
    machine.slowDown(1);
    host.found(machine);
    broadcast.ifPresent(it -> it.loseFrom(random.nextInt(2) * 0.1));
  }

  private void end() {
    journal.tell("faults end");
    machines.forEach(
        machine -> {
          heal(machine);
          machine.cutTainted();
          startMachine(machine);
        });
    // one that stays must get its image, too
    rivals.stream().filter(rival -> random.nextBoolean()).forEach(HostNode::close);
  }

  /** Whether nothing is wrong with a worker once all faults are over. */
  boolean getsWell(int worker) {
    return worker != lost();
  }

  /** The worker that hangs for good; -1 if none does. */
  int lost() {
    return machines.indexOf(hungForGood);
  }

  List<HostNode> rivals() {
    return rivals;
  }

  /** Whoever connects without being a host. */
  private static final class Stranger extends Node {
    Stranger(VirtualTime time, Journal journal) {
      super(time, journal, 0, null);
      end();
    }

    @Override
    int doWork() {
      return 0;
    }
  }
}
