// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.RenderDevice;

/** The thread that drives a worker's devices; they render with threads of their own. */
final class DeviceThread implements DeviceLane, AutoCloseable {
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

  private final LinkedBlockingQueue<DeviceTask> submitted = new LinkedBlockingQueue<>();
  private final ManyToOneConcurrentLinkedQueue<DeviceTask> done =
      new ManyToOneConcurrentLinkedQueue<>();
  private final NanoClock clock;
  private final Thread thread;
  private volatile DeviceTask running = STOP;
  private volatile long samplesRendered;
  private volatile Error failure;

  DeviceThread(NanoClock clock) {
    this.clock = clock;
    thread = new Thread(this::run, "paceline-device");
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

  /** Ends what runs, and the thread; what is queued counts as ended without having run. */
  @Override
  public void close() {
    List<DeviceTask> dropped = new ArrayList<>();
    submitted.drainTo(dropped);
    submitted.add(STOP);
    boolean interrupted = false;
    while (thread.isAlive()) {
      DeviceTask inTheWay = running;
      if (inTheWay != STOP) {
        inTheWay.device().cancel();
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
