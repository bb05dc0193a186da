// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.paceline.api.ClusterConfig;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderProgress.State;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;
import org.paceline.api.WorkerStatus;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.host.SteppedHost;

/** A host with its renderer: edits a scene and renders it, and looks at what it gets. */
final class HostNode extends Node {
  /** One job, and what its film must hold. */
  static final class Render {
    private final RenderJob job;
    private final long generation;
    private final long seed;
    private final Set<Long> merged = new HashSet<>();
    private long mergedSamples;
    private double mostEarly;

    private Render(RenderJob job, long generation, long seed) {
      this.job = job;
      this.generation = generation;
      this.seed = seed;
    }

    RenderJob job() {
      return job;
    }

    boolean isOver() {
      return job.progress().state().isTerminal();
    }

    boolean isDone() {
      return job.progress().state() == State.DONE;
    }

    /** The most that was kept aside for blocks that hadn't come, as a part of all samples. */
    double mostEarly() {
      return mostEarly;
    }
  }

  private final World world;
  private final Optional<SlowDisk> disk;
  private final List<Machine> machines;
  private final Map<Endpoint, Machine> machinesByEndpoint;
  private final Set<Endpoint> withdrawn = new HashSet<>();
  private final ClusterConfig config;
  private final SteppedHost host;
  private final ModelScene scene;
  private final List<Render> renders = new ArrayList<>();
  private final List<Wire> wires = new ArrayList<>();
  private long generation;
  private boolean committing;
  private long tookNs;

  /**
   * A host that dials machines, of which it is told, or which it finds.
   *
   * @param disk where it keeps checkpoints, if it does
   */
  HostNode(
      World world,
      int number,
      Node.Costs costs,
      List<Machine> machines,
      ClusterConfig config,
      long sceneBytes,
      Optional<LossyBroadcast> broadcast,
      Optional<SlowDisk> disk,
      SplittableRandom random) {
    super(world.time(), world.journal(), number, costs);
    this.world = world;
    this.disk = disk;
    this.machines = machines;
    machinesByEndpoint =
        machines.stream().collect(Collectors.toMap(Machine::endpoint, Function.identity()));
    List<Endpoint> endpoints = machines.stream().map(Machine::endpoint).toList();
    this.config = config.discover() ? config : config.toBuilder().workers(endpoints).build();
    host =
        new SteppedHost(
            this.config,
            ModelDevice.IDENTITY,
            Simulation.SCHEME,
            this::connect,
            broadcast.map(Function.identity()),
            world.clock());
    machines.forEach(this::found);
    scene = new ModelScene(random, host.editor(), sceneBytes, config.chunkBytes());
  }

  private Channel connect(Endpoint endpoint) {
    if (withdrawn.contains(endpoint)) {
      world.fail(endpoint + " is dialled, which has withdrawn");
    }
    Wire wire = machinesByEndpoint.get(endpoint).dial(this);
    wires.removeIf(old -> old.host.isClosed());
    wires.add(wire);
    return wire.host;
  }

  /** Finds a machine, as far as it finds any. */
  void found(Machine machine) {
    if (config.discover()) {
      host.found(machine.endpoint(), () -> withdrawn.remove(machine.endpoint()));
      wake();
    }
  }

  /** Hears that a machine withdraws. */
  void gone(Machine machine) {
    if (config.discover()) {
      host.gone(machine.endpoint(), () -> withdrawn.add(machine.endpoint()));
      wake();
    }
  }

  boolean isCommitting() {
    return committing;
  }

  /** Changes the scene and commits it. */
  void editAndCommit() {
    scene.edit();
    committing = true;
    generation =
        host.commit(
            () -> {
              committing = false;
              scene.committed();
            });
    wake();
  }

  /** With the next commit the scene is so large that a worker holds no other one like it. */
  void grow() {
    scene.grow();
  }

  /** Starts a job for what was committed last. */
  Render render(int width, int height, int samples) {
    return render(new RenderRequest(width, height, samples, ModelFilm.LAYOUT));
  }

  /** The same for any film; only one of {@link ModelFilm}'s layout can be checked. */
  Render render(RenderRequest request) {
    Render render = new Render(start(request), generation, scene.seed());
    renders.add(render);
    render.job.addListener((unit, film) -> merged(render, unit));
    wake();
    return render;
  }

  private RenderJob start(RenderRequest request) {
    return disk.map(kept -> host.render(request, kept.checkpointing(generation), kept))
        .orElseGet(() -> host.render(request));
  }

  @Override
  int doWork() {
    long startNs = System.nanoTime();
    int work = host.doWork();
    tookNs += System.nanoTime() - startNs;
    if (world.checksEachStep()) {
      wires.forEach(this::check);
    }
    return work;
  }

  private void check(Wire wire) {
    if (wire.host.unitsGiven() > config.unitsInFlight()) {
      world.fail("a worker holds " + wire.host.unitsGiven() + " units");
    }
    if (wire.host.registeredBytes() > config.unitsInFlight() * SteppedHost.MAX_PASS_BYTES) {
      world.fail("a worker may write into " + wire.host.registeredBytes() + " bytes");
    }
  }

  private void merged(Render render, WorkUnit unit) {
    world.journal().note(unit.firstSample(), unit.pixelSamples());
    render.mergedSamples += unit.pixelSamples();
    long folded = render.job.progress().doneSamples();
    render.mostEarly =
        Math.max(
            render.mostEarly,
            (double) (render.mergedSamples - folded) / render.job.progress().totalSamples());
    if (!world.checksEachStep()) {
      return;
    }
    if (unit.generation() != render.generation) {
      world.fail(unit + " was merged into a film of generation " + render.generation);
    }
    // blocks start at samples that are told apart by the cell's corner and themselves
    for (int y = unit.y(); y < unit.y() + unit.height(); y += ModelFilm.CELL) {
      for (int x = unit.x(); x < unit.x() + unit.width(); x += ModelFilm.CELL) {
        long block = ((long) unit.firstSample() << 32) | (long) y << 16 | x;
        if (!render.merged.add(block)) {
          world.fail(unit + " was merged again");
        }
      }
    }
  }

  /** Compares all films with what they should hold; only to be called when nothing is damaged. */
  void checkFilms() {
    for (Render render : renders) {
      String difference = ModelFilm.difference(render.job.film(), render.seed);
      if (!difference.isEmpty()) {
        world.fail("generation " + render.generation + ": " + difference);
      }
      int samples = render.job.film().samples(0, 0);
      if (render.isDone() && samples != render.job.request().samples()) {
        world.fail("a film that is done has " + samples + " samples");
      }
    }
  }

  /** Whether it has nothing more to do, and is not still trying. */
  boolean isThrough() {
    return hasEnded() || renders.stream().allMatch(Render::isOver);
  }

  double mostEarly() {
    return renders.stream().mapToDouble(Render::mostEarly).max().orElse(0);
  }

  /** Time of this computer, not the cluster's, that its duty cycles took. */
  long tookNs() {
    return tookNs;
  }

  /** Whether every worker could render, but for those that needn't. */
  boolean hasWorkers(IntPredicate needed) {
    Set<String> ready = new HashSet<>();
    for (WorkerStatus status : host.statuses()) {
      if (status.state() == WorkerStatus.State.READY) {
        ready.add(status.endpoint());
      }
    }
    return IntStream.range(0, machines.size())
        .filter(needed)
        .allMatch(number -> ready.contains(machines.get(number).endpoint().toString()));
  }

  SteppedHost host() {
    return host;
  }

  /** Ends the session; films can still be looked at. */
  void close() {
    if (!hasEnded()) {
      end();
      host.close();
    }
  }

  /** After {@link #close()}: nothing of it is looked at any more. */
  void release() {
    renders.forEach(render -> render.job.close());
    disk.ifPresent(SlowDisk::close);
    scene.close();
  }
}
