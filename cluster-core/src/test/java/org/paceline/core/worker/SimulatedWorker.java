// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.Set;
import java.util.function.Supplier;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.TransportException;
import org.paceline.core.WorkerActivity;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.scene.SceneCache;

/** A worker without threads: whoever calls {@link #step} is its time. */
public final class SimulatedWorker implements AutoCloseable {
  private final WorkerAgent agent;
  private final VirtualLane lane;
  private final Seats seats;
  private final SceneCache cache;

  /** Serves a listener with model devices. */
  public SimulatedWorker(
      ClusterConfig config, Listener listener, Supplier<ModelDevice> devices, NanoClock clock) {
    WorkerAgent.Opener opener =
        endpoint -> {
          throw new TransportException("nothing but wires here");
        };
    lane = new VirtualLane(clock);
    cache = new SceneCache(config.workerMemoryBytes());
    seats = new Seats(lane, config.workerMemoryBytes(), cache, devices);
    WorkerSettings settings =
        new WorkerSettings(
            "sim",
            KeyProof.nonce(),
            "sim",
            Set.of("sim"),
            config.key(),
            config.kernels(),
            config.workerMemoryBytes(),
            config.heartbeatTimeout().toNanos());
    agent = new WorkerAgent(listener, opener, settings, seats, clock);
  }

  /** One duty cycle. */
  public int step() {
    return agent.doWork();
  }

  /** Asks its hosts to let go. */
  public void leave() {
    agent.leave();
  }

  /** Whether a host has it. */
  public boolean isBusy() {
    return agent.isBusy();
  }

  /** Bytes of scenes. */
  public long sceneBytes() {
    return cache.usedBytes();
  }

  /** What it has done. */
  public WorkerActivity activity() {
    return agent.activity();
  }

  /** How often a render of its device was cancelled. */
  public int cancels() {
    return lane.cancels();
  }

  @Override
  public void close() {
    agent.onClose();
    lane.stop();
    seats.close();
    cache.close();
  }
}
