// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.Set;
import java.util.function.Supplier;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.TransportException;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.scene.SceneCache;
import org.paceline.simulator.ModelDevice;

/** A worker without threads: whoever calls {@link #doWork} is its thread. */
public final class SteppedWorker implements AutoCloseable {
  private final WorkerAgent agent;
  private final VirtualLane lane;
  private final Seats seats;

  /**
   * Serves a listener with devices that the lane drives, and what the cache holds, which stays its
   * caller's.
   */
  public SteppedWorker(
      ClusterConfig config,
      Listener listener,
      VirtualLane lane,
      Supplier<ModelDevice> devices,
      SceneCache cache,
      NanoClock clock) {
    this.lane = lane;
    WorkerAgent.Opener opener =
        endpoint -> {
          throw new TransportException("a simulated worker has one transport");
        };
    WorkerSettings settings =
        new WorkerSettings(
            listener.endpoint().host(),
            KeyProof.nonce(),
            listener.endpoint().host(),
            Set.of(listener.endpoint().scheme()),
            config.key(),
            config.kernels(),
            config.workerMemoryBytes(),
            config.heartbeatTimeout().toNanos());
    seats = new Seats(lane, config.workerMemoryBytes(), cache, devices);
    agent = new WorkerAgent(listener, opener, settings, seats, clock);
  }

  /** One duty cycle; returns how much was done. */
  public int doWork() {
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

  /** Ends all sessions, and drops what devices were doing. */
  @Override
  public void close() {
    agent.onClose();
    lane.stop();
    seats.close();
  }
}
