// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.RenderDevice;
import org.paceline.simulator.ModelDevice;
import org.paceline.simulator.VirtualTime;

/**
 * The devices' thread in virtual time. A render takes as long as the device says and reads the
 * scene at its very end, when a change that comes too early shows; other tasks take effect at their
 * start or at their end. A device that hangs makes all of it take longer.
 */
public final class VirtualLane implements DeviceLane {
  private static final long MOST_CANCEL_NS = 5_000_000;
  private static final long MOST_TASK_NS = 3_000_000;

  private final ArrayDeque<DeviceTask> waiting = new ArrayDeque<>();
  private final ArrayDeque<DeviceTask> ended = new ArrayDeque<>();
  private final VirtualTime time;
  private final SplittableRandom random;
  private final double clockRate;
  private final Runnable wake;
  private DeviceTask running;
  private WorkUnit rendering;
  private boolean executed;
  private long startNs;
  private long endNs;
  private long hangsUntilNs;
  private long busyNs;
  private boolean dropped;

  /**
   * An idle lane.
   *
   * @param clockRate how fast the worker's clock goes, by which it measures
   * @param wake called when a task has ended
   */
  public VirtualLane(VirtualTime time, SplittableRandom random, double clockRate, Runnable wake) {
    this.time = time;
    this.random = random;
    this.clockRate = clockRate;
    this.wake = wake;
  }

  /** Time spent on renders, that of the one in progress included. */
  public long busyNs() {
    return busyNs + (rendering == null ? 0 : time.nowNs() - startNs);
  }

  /** Nothing ends before that. */
  public void hangUntil(long atNs) {
    hangsUntilNs = Math.max(hangsUntilNs, atNs);
    if (running != null && endNs < hangsUntilNs) {
      endAt(hangsUntilNs);
    }
  }

  /** Devices are as fast as they say from now on, and not as they were when a render began. */
  public void speedChanged() {
    if (rendering != null) {
      endAt(
          Math.max(
              hangsUntilNs, Math.min(endNs, time.nowNs() + runningDevice().renderNs(rendering))));
    }
  }

  @Override
  public void submit(DeviceTask task) {
    waiting.add(task);
    startNext();
  }

  @Override
  public DeviceTask poll() {
    return ended.poll();
  }

  private ModelDevice runningDevice() {
    return (ModelDevice) running.device();
  }

  @Override
  public void cancelRender(RenderDevice device) {
    if (rendering != null && running.device() == device) {
      device.cancel();
      long noticed = time.nowNs() + random.nextLong(MOST_CANCEL_NS);
      endAt(Math.max(hangsUntilNs, Math.min(endNs, noticed)));
    }
  }

  /** The process ends: what isn't done never will be. */
  void stop() {
    dropped = true;
    if (running != null) {
      ended.add(running);
      running = null;
      rendering = null;
    }
    ended.addAll(waiting);
    waiting.clear();
  }

  private void startNext() {
    if (running != null || waiting.isEmpty() || dropped) {
      return;
    }
    running = waiting.poll();
    startNs = time.nowNs();
    rendering = running.renders();
    executed = rendering == null && random.nextBoolean();
    if (executed) {
      running.run();
    }
    if (rendering != null) {
      runningDevice().renderBegins();
    }
    long lasts =
        rendering == null ? random.nextLong(MOST_TASK_NS) : runningDevice().renderNs(rendering);
    endAt(Math.max(hangsUntilNs, startNs + lasts));
  }

  private void endAt(long atNs) {
    endNs = atNs;
    time.at(atNs, this::end);
  }

  private void end() {
    if (running == null || time.nowNs() < endNs) {
      return; // it was put off or brought forward meanwhile
    }
    if (!executed) {
      running.run();
    }
    busyNs = busyNs();
    rendering = null;
    running.tookNs((long) ((time.nowNs() - startNs) * clockRate));
    ended.add(running);
    running = null;
    startNext();
    wake.run();
  }
}
