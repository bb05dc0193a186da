// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.Set;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.TransportException;
import org.paceline.core.scene.SceneStore;

/** A worker without threads: whoever calls {@link #doWork} is its thread. */
public final class SteppedWorker implements AutoCloseable {
  private final WorkerAgent agent;
  private final VirtualLane lane;

  /** Serves a listener with what the lane drives and the store holds, which both stay its own. */
  public SteppedWorker(
      ClusterConfig config,
      Listener listener,
      VirtualLane lane,
      SceneStore store,
      NanoClock clock) {
    this.lane = lane;
    WorkerAgent.Opener opener =
        endpoint -> {
          throw new TransportException("a simulated worker has one transport");
        };
    WorkerSettings settings =
        new WorkerSettings(
            listener.endpoint().host(),
            listener.endpoint().host(),
            Set.of(listener.endpoint().scheme()),
            config.key(),
            config.kernels(),
            config.workerMemoryBytes(),
            config.heartbeatTimeout().toNanos());
    agent =
        new WorkerAgent(listener, opener, settings, lane.device().identity(), lane, store, clock);
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

  /** Ends all sessions, and drops what the device was doing. */
  @Override
  public void close() {
    agent.onClose();
    lane.drop();
  }
}
