// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.BufferSpec;
import org.paceline.api.ClusterConfig;
import org.paceline.api.FilmLayout;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkerStatus;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEditor;
import org.paceline.core.scene.SceneEntry.Sort;
import org.paceline.core.worker.ModelDevice;
import org.paceline.core.worker.SimulatedWorker;

/** A host and its workers in one thread and in virtual time. */
final class SimulatedCluster implements AutoCloseable {
  static final long STEP_NS = 100_000;

  /** One machine that a worker can run on, stop on and come back to. */
  final class Machine implements Listener {
    private final Endpoint endpoint;
    private final ArrayDeque<Channel> waiting = new ArrayDeque<>();
    private final double speed;
    private double slowness = 1;
    private final List<ModelDevice> devices = new ArrayList<>();
    private final ClusterConfig workerConfig;
    Wire wire;
    SimulatedWorker worker;
    private boolean frozen;

    Machine(Endpoint endpoint, double speed, ClusterConfig workerConfig) {
      this.endpoint = endpoint;
      this.speed = speed;
      this.workerConfig = workerConfig;
    }

    void start() {
      worker = new SimulatedWorker(workerConfig, this, this::device, clock);
    }

    private ModelDevice device() {
      ModelDevice device = new ModelDevice(speed / slowness);
      devices.add(device);
      return device;
    }

    long openDevices() {
      return devices.stream().filter(device -> !device.isClosed()).count();
    }

    /** As kill -9 does: the system closes the sockets. */
    void kill() {
      if (worker != null) {
        worker.close();
        worker = null;
        devices.clear();
        slowness = 1;
      }
      if (wire != null) {
        wire.cut();
      }
    }

    /** Something else takes this machine's cores. */
    void slowDown(double factor) {
      slowness *= factor;
      devices.forEach(device -> device.slowDown(factor));
    }

    /** As SIGSTOP does: alive, but nothing moves. */
    void freeze() {
      frozen = true;
    }

    void thaw() {
      frozen = false;
    }

    /** Somebody connects and goes away again without a word. */
    void stray() {
      Wire stray = new Wire(clock, latencyNs);
      waiting.add(stray.worker);
      stray.host.close("changed its mind");
    }

    /** Somebody connects. */
    Wire stranger() {
      Wire stranger = new Wire(clock, latencyNs);
      waiting.add(stranger.worker);
      return stranger;
    }

    /** Dials the host. */
    Wire callHost() {
      wire = new Wire(clock, latencyNs);
      callers.add(wire.host);
      waiting.add(wire.worker);
      return wire;
    }

    /** How many devices it has opened. */
    int devices() {
      return devices.size();
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
      waiting.clear();
    }
  }

  static final double SPEED = 2e6;

  private final ClusterConfig config;
  final List<Machine> machines = new ArrayList<>();

  /** Addresses at which nothing can be dialled, and those that were dialled so far. */
  final Set<Endpoint> unreachable = new HashSet<>();

  final List<Endpoint> dialled = new ArrayList<>();

  /** Whom every dialled address belongs to, if not to the machines. */
  Consumer<Wire> stranger;

  /** Of the wires that are made from now on. */
  int longestFrame = Integer.MAX_VALUE;

  private final List<NativeMemory> memories = new ArrayList<>();
  private final List<Job> jobs = new ArrayList<>();
  private final ArrayDeque<Channel> callers = new ArrayDeque<>();
  final SceneEditor editor;
  HostScene scene;
  final HostSession host;
  private long nowNs = 1_000_000_000;
  final NanoClock clock;
  private final long latencyNs;
  private final SimulatedCluster owner;
  private final List<SimulatedCluster> guests = new ArrayList<>();

  SimulatedCluster(int workers, long latencyNs) {
    this(
        workers,
        latencyNs,
        SPEED,
        ClusterConfig.builder().build(),
        ClusterConfig.builder().build());
  }

  SimulatedCluster(
      int workers,
      long latencyNs,
      double speed,
      ClusterConfig hostConfig,
      ClusterConfig workerConfig) {
    this(latencyNs, hostConfig, workerConfig, speeds(workers, speed));
  }

  /** Workers of one speed that a broadcast reaches, too. */
  SimulatedCluster(int workers, long latencyNs, ClusterConfig hostConfig, Broadcast broadcast) {
    this(
        latencyNs,
        hostConfig,
        ClusterConfig.builder().build(),
        Optional.of(broadcast),
        speeds(workers, SPEED));
  }

  SimulatedCluster(
      long latencyNs, ClusterConfig hostConfig, ClusterConfig workerConfig, double... speeds) {
    this(latencyNs, hostConfig, workerConfig, Optional.empty(), speeds);
  }

  private SimulatedCluster(
      long latencyNs,
      ClusterConfig hostConfig,
      ClusterConfig workerConfig,
      Optional<Broadcast> broadcast,
      double[] speeds) {
    this.latencyNs = latencyNs;
    owner = this;
    clock = () -> nowNs;
    ClusterConfig.Builder builder = hostConfig.toBuilder();
    for (int i = 0; i < speeds.length; i++) {
      Endpoint endpoint = new Endpoint("sim", "worker" + i, 1);
      builder.worker(endpoint);
      machines.add(new Machine(endpoint, speeds[i], workerConfig));
    }
    config = builder.build();
    editor = new SceneEditor(config.chunkBytes());
    host =
        new HostSession(
            config,
            renderer(),
            new Route.Local("host", Set.of("sim"), Map.of()),
            this::connect,
            callers::poll,
            broadcast,
            clock);
  }

  /** Another host of a cluster's workers; it is closed before the cluster. */
  SimulatedCluster(SimulatedCluster owner, ClusterConfig hostConfig) {
    this.owner = owner;
    latencyNs = owner.latencyNs;
    clock = owner.clock;
    machines.addAll(owner.machines);
    config =
        hostConfig.toBuilder()
            .workers(machines.stream().map(machine -> machine.endpoint).toList())
            .build();
    editor = new SceneEditor(config.chunkBytes());
    host =
        new HostSession(
            config,
            renderer(),
            new Route.Local("host", Set.of("sim"), Map.of()),
            this::connect,
            () -> null,
            Optional.empty(),
            clock);
    owner.guests.add(this);
  }

  private static double[] speeds(int workers, double speed) {
    double[] speeds = new double[workers];
    java.util.Arrays.fill(speeds, speed);
    return speeds;
  }

  DeviceIdentity renderer() {
    return ModelDevice.IDENTITY;
  }

  private Channel connect(Endpoint endpoint) {
    // Whatever the port: a worker may have several addresses.
    dialled.add(endpoint);
    Wire wire = new Wire(clock, latencyNs);
    if (stranger != null) {
      stranger.accept(wire);
      return wire.host;
    }
    Machine machine =
        machines.stream()
            .filter(each -> each.endpoint.host().equals(endpoint.host()))
            .findFirst()
            .orElseThrow();
    if (unreachable.contains(endpoint)) {
      wire.host.close("no route to host");
    } else if (machine.worker == null) {
      wire.host.close("connection refused");
    } else {
      wire.longestFrame = longestFrame;
      machine.wire = wire;
      machine.waiting.add(wire.worker);
    }
    return wire.host;
  }

  /** A machine that the host wasn't told of. */
  Machine strange() {
    return strange("stranger" + machines.size());
  }

  /** A machine of that name. */
  Machine strange(String name) {
    Endpoint endpoint = new Endpoint("sim", name, 1);
    Machine machine = new Machine(endpoint, SPEED, ClusterConfig.builder().build());
    machines.add(machine);
    return machine;
  }

  void startAll() {
    machines.forEach(Machine::start);
  }

  /** A scene buffer of ints that depend on a seed. */
  NativeMemory buffer(String name, int lengthBytes, int seed) {
    NativeMemory memory = NativeMemory.allocate(lengthBytes);
    memories.add(memory);
    for (int i = 0; i + 4 <= lengthBytes; i += 4) {
      memory.putInt(i, seed * 31 + i);
    }
    editor.copyTo(BufferSpec.global(name, lengthBytes), memory);
    return memory;
  }

  void constant(int value) {
    try (NativeMemory memory = NativeMemory.allocate(4)) {
      memory.putInt(0, value);
      editor.copy(Sort.CONSTANT, "settings", memory);
    }
  }

  void commit() {
    HostScene committed = editor.commit();
    scene = committed;
    boolean[] released = new boolean[1];
    host.post(() -> host.commit(committed, () -> released[0] = true));
    runUntil(() -> released[0], 10_000);
    editor.takeSuperseded().forEach(NativeMemory::close);
  }

  Job render(int width, int height, int samples, FilmLayout layout) {
    Job job =
        new Job(
            new RenderRequest(width, height, samples, layout),
            editor.generation(),
            WorkerLink.MAX_PASS_BYTES,
            clock,
            cancelled -> host.post(() -> host.cancel(cancelled)),
            closed -> {});
    jobs.add(job);
    host.post(() -> host.start(job));
    return job;
  }

  /** Time goes on by a step. */
  void step() {
    owner.nowNs += STEP_NS;
    // until nobody has anything to do at this instant
    for (int i = 0; i < 20; i++) {
      int work = owner.host.doWork();
      for (SimulatedCluster guest : owner.guests) {
        work += guest.host.doWork();
      }
      for (Machine machine : machines) {
        if (machine.worker != null && !machine.frozen) {
          work += machine.worker.step();
        }
      }
      if (work == 0) {
        return;
      }
    }
  }

  /** Lets at most so many virtual milliseconds pass; false if the condition didn't come true. */
  boolean runUntil(BooleanSupplier condition, long limitMs) {
    long end = clock.nanoTime() + limitMs * 1_000_000;
    while (!condition.getAsBoolean()) {
      if (clock.nanoTime() - end > 0) {
        return false;
      }
      step();
    }
    return true;
  }

  /** Whether the first worker has this host. */
  boolean isAttached() {
    return host.statuses().get(0).state() == WorkerStatus.State.LOADING;
  }

  boolean finish(Job job) {
    return runUntil(job::isOver, 600_000);
  }

  WorkerStatus status(int worker) {
    runUntil(() -> false, 60);
    return host.statuses().get(worker);
  }

  @Override
  public void close() {
    host.onClose();
    if (owner == this) {
      machines.stream()
          .filter(machine -> machine.worker != null)
          .forEach(machine -> machine.worker.close());
    } else {
      owner.guests.remove(this);
    }
    jobs.forEach(Job::release);
    editor.close();
    memories.forEach(NativeMemory::close);
  }
}
