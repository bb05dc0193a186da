// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import org.agrona.concurrent.NanoClock;

/**
 * Runs device tasks at once and lets them take the virtual time that the model device says they
 * take.
 */
final class VirtualLane implements DeviceLane {
  private record Running(DeviceTask task, long doneNs) {}

  private final ArrayDeque<Running> running = new ArrayDeque<>();
  private final ModelDevice device;
  private final NanoClock clock;
  private long busyUntilNs;
  private int cancels;

  VirtualLane(ModelDevice device, NanoClock clock) {
    this.device = device;
    this.clock = clock;
    busyUntilNs = clock.nanoTime();
  }

  /** How often a render was cancelled. */
  int cancels() {
    return cancels;
  }

  @Override
  public void submit(DeviceTask task) {
    device.spentNs = 0;
    task.run(device);
    task.tookNs(device.spentNs);
    long start = Math.max(busyUntilNs, clock.nanoTime());
    busyUntilNs = start + device.spentNs;
    running.add(new Running(task, busyUntilNs));
  }

  @Override
  public int poll() {
    int work = 0;
    while (!running.isEmpty() && running.peek().doneNs() - clock.nanoTime() <= 0) {
      running.poll().task().completed();
      work++;
    }
    return work;
  }

  @Override
  public int pending() {
    return running.size();
  }

  @Override
  public void cancelRender() {
    // what was submitted has already run; its result is ignored by whoever cancelled it
    cancels++;
  }
}
