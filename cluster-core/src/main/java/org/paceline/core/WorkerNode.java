// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.function.Supplier;
import org.paceline.api.ClusterConfig;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.worker.WorkerAgent;

/**
 * A running worker, offered to several hosts at a time on one endpoint; they take turns by their
 * weights. Thread-safe.
 */
public final class WorkerNode implements AutoCloseable {
  private final WorkerAgent.Running running;

  private WorkerNode(WorkerAgent.Running running) {
    this.running = running;
  }

  /**
   * Starts a worker with threads of its own.
   *
   * @param config budget, key, time-outs, idle mode and the kernels the device was opened with
   * @param listen where; port 0 takes a free one
   * @param devices opens a device, each time another one: every host gets its own, of which one
   *     renders at a time; the worker closes them
   * @throws org.paceline.api.transport.TransportException if the endpoint can't be had
   * @throws org.paceline.api.device.DeviceException if there is no device
   */
  public static WorkerNode start(
      ClusterConfig config, Endpoint listen, Supplier<? extends RenderDevice> devices) {
    return new WorkerNode(WorkerAgent.start(config, listen, devices));
  }

  /** What its device is, in one line for people. */
  public String description() {
    return running.description();
  }

  /** Where it listens, with the port that was really taken. */
  public Endpoint endpoint() {
    return running.endpoint();
  }

  /** Waits until {@link #close()} was called by somebody. */
  public void awaitClosed() throws InterruptedException {
    running.awaitClosed();
  }

  /** Ends sessions, stops listening and ends the threads. */
  @Override
  public void close() {
    running.close();
  }
}
