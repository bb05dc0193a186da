// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

  /**
   * Starts a worker that dials a host, for one that hosts can't dial: behind NAT, say. It goes on
   * until it is closed, whether or not a host waits there.
   *
   * @param config as for {@link #start}
   * @param host where the host waits
   * @param devices as for {@link #start}
   * @throws org.paceline.api.transport.TransportException if the endpoint can't be understood
   */
  public static WorkerNode join(
      ClusterConfig config, Endpoint host, Supplier<? extends RenderDevice> devices) {
    return new WorkerNode(WorkerAgent.join(config, host, devices));
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

  /** What it has done since it started, as a snapshot. */
  public WorkerActivity activity() {
    return running.activity();
  }

  /**
   * Whether a device didn't stop when this was closed: a thread of it renders on, and its memory
   * stays taken until the process ends.
   */
  public boolean leftDeviceBehind() {
    return running.leftDeviceBehind();
  }

  /** Waits until {@link #close()} was called by somebody, or it has failed. */
  public void awaitClosed() throws InterruptedException {
    running.awaitClosed();
  }

  /** Why it has failed and serves nobody, as a sentence; empty if it hasn't. */
  public Optional<String> failure() {
    return running.failure();
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
    while (running.isBusy() && running.failure().isEmpty() && System.nanoTime() - deadlineNs < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    close();
  }

  /** Ends sessions, stops listening and ends the threads; see {@link #leftDeviceBehind}. */
  @Override
  public void close() {
    running.close();
  }
}
