// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.RenderDevice;

/** The thread that drives a device; the device renders with threads of its own. */
final class DeviceThread implements DeviceLane, AutoCloseable {
  private static final DeviceTask STOP =
      new DeviceTask() {
        @Override
        void execute(RenderDevice device) {
          device.reset();
        }

        @Override
        void completed() {
          // nobody polls any more
        }
      };

  private final LinkedBlockingQueue<DeviceTask> submitted = new LinkedBlockingQueue<>();
  private final ManyToOneConcurrentLinkedQueue<DeviceTask> done =
      new ManyToOneConcurrentLinkedQueue<>();
  private final RenderDevice device;
  private final NanoClock clock;
  private final Thread thread;
  private int pending;
  private volatile long samplesRendered;

  DeviceThread(RenderDevice device, NanoClock clock) {
    this.device = device;
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
    pending++;
    submitted.add(task);
  }

  @Override
  public int poll() {
    int work = 0;
    for (DeviceTask task = done.poll(); task != null; task = done.poll()) {
      pending--;
      work++;
      task.completed();
    }
    return work;
  }

  @Override
  public int pending() {
    return pending;
  }

  @Override
  public void cancelRender() {
    device.cancel();
  }

  /**
   * Drops what is queued, ends what runs, lets the device forget its scene, and ends the thread.
   */
  @Override
  public void close() {
    List<DeviceTask> dropped = new ArrayList<>();
    submitted.drainTo(dropped);
    submitted.add(STOP);
    boolean interrupted = false;
    while (thread.isAlive()) {
      device.cancel();
      try {
        thread.join(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    poll();
    dropped.forEach(DeviceTask::completed);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      for (DeviceTask task = submitted.take(); ; task = submitted.take()) {
        WorkUnit unit = task.renders();
        long start = clock.nanoTime();
        task.run(device);
        task.tookNs(clock.nanoTime() - start);
        count(unit);
        if (task == STOP) {
          return;
        }
        done.add(task);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
  private void count(WorkUnit unit) {
    if (unit != null) {
      samplesRendered += unit.pixelSamples();
    }
  }
}
