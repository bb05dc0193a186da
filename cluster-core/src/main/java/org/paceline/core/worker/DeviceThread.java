// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.RenderDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that drives a worker's devices; they render with threads of their own. */
final class DeviceThread implements DeviceLane {
  private static final DeviceTask STOP =
      new DeviceTask(null) {
        @Override
        void execute() {
          // it only wakes the thread
        }

        @Override
        void completed() {
          // nobody asks
        }
      };

  private static final Logger LOGGER = LoggerFactory.getLogger(DeviceThread.class);

  /** A render returns within a sample of a pixel, unless a kernel hangs. */
  private static final long CLOSE_NS = 2_000_000_000;

  private final LinkedBlockingQueue<DeviceTask> submitted = new LinkedBlockingQueue<>();
  private final ManyToOneConcurrentLinkedQueue<DeviceTask> done =
      new ManyToOneConcurrentLinkedQueue<>();
  private final NanoClock clock;
  private final Runnable whenDone;
  private final Thread thread;
  private volatile DeviceTask running = STOP;
  private volatile long samplesRendered;
  private volatile Error failure;

  /**
   * Starts it.
   *
   * @param done runs on this thread whenever a task has ended
   */
  DeviceThread(NanoClock clock, Runnable done) {
    this.clock = clock;
    whenDone = done;
    thread = new Thread(this::run, "paceline-device");
    // one that hangs must not keep the process
    thread.setDaemon(true);
    thread.start();
  }

  /** Pixel samples of all units so far; from any thread. */
  long samplesRendered() {
    return samplesRendered;
  }

  @Override
  public void submit(DeviceTask task) {
    submitted.add(task);
  }

  /** Throws what has ended the thread, if anything has: the worker is of no use then. */
  @Override
  public DeviceTask poll() {
    if (failure != null) {
      throw failure;
    }
    return done.poll();
  }

  @Override
  public void cancelRender(RenderDevice device) {
    device.cancel();
  }

  /**
   * Ends what runs, and the thread; what is queued counts as ended without having run.
   *
   * @return false if what runs doesn't end: then the thread is left behind, with all memory that it
   *     may be using
   */
  boolean close() {
    List<DeviceTask> dropped = new ArrayList<>();
    submitted.drainTo(dropped);
    submitted.add(STOP);
    boolean interrupted = false;
    long start = System.nanoTime();
    while (thread.isAlive() && System.nanoTime() - start < CLOSE_NS) {
      RenderDevice inTheWay = running.device();
      if (inTheWay != null) {
        inTheWay.cancel();
      }
      try {
        thread.join(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    dropped.forEach(done::add);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOGGER.error(
          "the device doesn't stop: it was cancelled {} ms ago; it is left behind, and its memory"
              + " stays taken until this process ends",
          CLOSE_NS / 1_000_000);
    }
    return !thread.isAlive();
  }

  private void run() {
    try {
      for (DeviceTask task = submitted.take(); task != STOP; task = submitted.take()) {
        running = task;
        long start = clock.nanoTime();
        task.run();
        task.tookNs(clock.nanoTime() - start);
        count(task.renders());
        done.add(task);
        running = STOP;
        whenDone.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Error e) {
      failure = e;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
  private void count(WorkUnit unit) {
    if (unit != null) {
      samplesRendered += unit.pixelSamples();
    }
  }
}
