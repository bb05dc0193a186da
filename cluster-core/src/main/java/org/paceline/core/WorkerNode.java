// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.paceline.api.ClusterConfig;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.worker.WorkerAgent;

/** A running worker: one device, offered to one host at a time on one endpoint. Thread-safe. */
public final class WorkerNode implements AutoCloseable {
  private static final long POLL_MS = 5;

  private final WorkerAgent.Running running;

  private WorkerNode(WorkerAgent.Running running) {
    this.running = running;
  }

  /**
   * Starts a worker with threads of its own.
   *
   * @param config budget, key, time-outs, idle mode and the kernels the device was opened with
   * @param listen where; port 0 takes a free one
   * @param device used by this worker alone until it is closed; the caller closes it afterwards
   * @throws org.paceline.api.transport.TransportException if the endpoint can't be had
   */
  public static WorkerNode start(ClusterConfig config, Endpoint listen, RenderDevice device) {
    return new WorkerNode(WorkerAgent.start(config, listen, device));
  }

  /**
   * Starts a worker that dials a host, for one that hosts can't dial: behind NAT, say. It goes on
   * until it is closed, whether or not a host waits there.
   *
   * @param config as for {@link #start}
   * @param host where the host waits
   * @param device as for {@link #start}
   * @throws org.paceline.api.transport.TransportException if the endpoint can't be understood
   */
  public static WorkerNode join(ClusterConfig config, Endpoint host, RenderDevice device) {
    return new WorkerNode(WorkerAgent.join(config, host, device));
  }

  /** Where it listens, with the port that was really taken; or the host that it dials. */
  public Endpoint endpoint() {
    return running.endpoint();
  }

  /** Whether a host has it now. */
  public boolean isBusy() {
    return running.isBusy();
  }

  /** Pixel samples it has rendered so far, those of cancelled units included. */
  public long samplesRendered() {
    return running.samplesRendered();
  }

  /** Waits until {@link #close()} was called by somebody. */
  public void awaitClosed() throws InterruptedException {
    running.awaitClosed();
  }

  /**
   * Closes after the hosts have what they gave it to render: nothing is rendered twice because of
   * it. Takes no new host.
   *
   * @param limit after which it closes anyway
   */
  public void leave(Duration limit) throws InterruptedException {
    running.leave();
    long deadlineNs = System.nanoTime() + limit.toNanos();
    while (running.isBusy() && System.nanoTime() - deadlineNs < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    close();
  }

  /** Ends sessions, stops listening and ends the threads. */
  @Override
  public void close() {
    running.close();
  }
}
