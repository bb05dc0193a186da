// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.core.scene.SceneCache;
import org.paceline.core.worker.SteppedWorker;
import org.paceline.core.worker.VirtualLane;

/** A machine at the end of a line, on which a worker may run. */
final class Machine {
  private final World world;
  private final int number;
  private final Endpoint endpoint;
  private final Line line;
  private final double samplesPerSecond;
  private final ClusterConfig config;
  private final SplittableRandom random;
  private final List<Wire> wires = new ArrayList<>();
  private SceneCache cache;
  private WorkerProcess process;
  private long countedNs;

  Machine(
      World world,
      int number,
      Line line,
      double samplesPerSecond,
      ClusterConfig config,
      SplittableRandom random) {
    this.world = world;
    this.number = number;
    this.line = line;
    this.samplesPerSecond = samplesPerSecond;
    this.config = config;
    this.random = random;
    endpoint = new Endpoint(Simulation.SCHEME, "worker" + number, 1);
    cache = newCache();
  }

  /** What malloc returns may hold the right bytes by chance: no two runs would be alike. */
  private SceneCache newCache() {
    return new SceneCache(config.workerMemoryBytes(), NativeMemory::allocateZeroed);
  }

  /** A worker on this machine. */
  final class WorkerProcess extends Node implements Listener {
    private final List<ModelDevice> devices = new ArrayList<>();
    private double slowness = 1;
    private final VirtualLane lane;
    private final SteppedWorker worker;
    private final ArrayDeque<Wire.Ending> waiting = new ArrayDeque<>();
    private Runnable onceLeft;

    private WorkerProcess() {
      super(world.time(), world.journal(), number, world.workerCosts());
      SkewedClock clock = world.clock();
      lane = new VirtualLane(time, random, clock.rate(), this::wake);
      worker = new SteppedWorker(config, this, lane, this::device, cache, clock);
    }

    private ModelDevice device() {
      ModelDevice device = new ModelDevice(samplesPerSecond, world.conditions().carriesPasses());
      device.slowDown(slowness);
      devices.add(device);
      return device;
    }

    private void slowDown(double factor) {
      slowness = factor;
      devices.forEach(device -> device.slowDown(factor));
      lane.speedChanged();
    }

    @Override
    int doWork() {
      int work = worker.doWork();
      if (cache.usedBytes() > config.workerMemoryBytes()) {
        world.fail(
            endpoint.host() + " holds " + cache.usedBytes() + " bytes, more than its budget");
      }
      if (onceLeft != null && !worker.isBusy()) {
        world.time().in(0, onceLeft);
        onceLeft = null;
      }
      return work;
    }

    @Override
    public Channel accept() {
      return waiting.poll();
    }

    @Override
    public Endpoint endpoint() {
      return endpoint;
    }

    @Override
    public void close() {
      waiting.forEach(Wire.Ending::close);
      waiting.clear();
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Line line() {
    return line;
  }

  double samplesPerSecond() {
    return samplesPerSecond;
  }

  boolean isUp() {
    return process != null;
  }

  void start() {
    process = new WorkerProcess();
    process.wake();
  }

  /**
   * The worker's process ends, at whatever point it is.
   *
   * @param told whether its peers hear of it at once
   */
  void crash(boolean told, boolean keepsCache) {
    if (process == null) {
      return;
    }
    for (Wire wire : wires) {
      if (told) {
        wire.cut();
      }
      wire.worker.vanish();
    }
    WorkerProcess ended = process;
    process = null;
    ended.end();
    ended.worker.close();
    if (!keepsCache) {
      cache.close();
      cache = newCache();
    }
  }

  /** The worker's process asks its host to let go, ends then, and comes back. */
  void leave(long awayNs) {
    WorkerProcess leaving = process;
    if (leaving == null) {
      return;
    }
    leaving.onceLeft =
        () -> {
          if (process == leaving) {
            crash(true, true);
            world.time().in(awayNs, this::startUnlessUp);
          }
        };
    leaving.worker.leave();
    leaving.wake();
  }

  private void startUnlessUp() {
    if (!isUp()) {
      start();
    }
  }

  /** Every connection breaks. */
  void cut() {
    wires.forEach(Wire::cut);
  }

  /** Connections on which a damaged message went through break. */
  void cutTainted() {
    wires.stream().filter(Wire::isTainted).forEach(Wire::cut);
  }

  void freezeUntil(long atNs) {
    if (process != null) {
      process.freezeUntil(atNs);
    }
  }

  void hangUntil(long atNs) {
    if (process != null) {
      process.lane.hangUntil(atNs);
    }
  }

  void slowDown(double factor) {
    if (process != null) {
      process.slowDown(factor);
    }
  }

  /** Its use is counted from then on. */
  void countFrom(long nowNs) {
    countedNs = nowNs;
  }

  long countedNs() {
    return countedNs;
  }

  /** How long the device of the process that runs now has rendered. */
  long busyNs() {
    return process == null ? 0 : process.lane.busyNs();
  }

  /** Somebody dials; what comes of it shows a while later. */
  Wire dial(Node from) {
    VirtualTime time = world.time();
    Wire wire = new Wire(world.conditions(), line, number, from);
    time.at(line.arrivalNs(time.nowNs(), false), () -> isDialled(wire));
    return wire;
  }

  private void isDialled(Wire wire) {
    VirtualTime time = world.time();
    wires.removeIf(Wire::isOver);
    if (wire.host.isClosed()) {
      return;
    }
    long answerNs = line.arrivalNs(time.nowNs(), true);
    if (process == null) {
      time.at(answerNs, () -> wire.host.refused("connection refused"));
      return;
    }
    wires.add(wire);
    process.waiting.add(wire.worker);
    wire.worker.accepted(process);
    time.at(answerNs, wire.host::connected);
  }

  void close() {
    crash(false, true);
    cache.close();
  }
}
