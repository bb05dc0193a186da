// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import java.util.List;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.device.RenderDevice;

/**
 * Runs device tasks at once and lets them take the virtual time that the model device says they
 * take.
 */
final class VirtualLane implements DeviceLane {
  private record Running(DeviceTask task, long doneNs) {}

  private final ArrayDeque<Running> running = new ArrayDeque<>();
  private final NanoClock clock;
  private long busyUntilNs;
  private int cancels;

  VirtualLane(NanoClock clock) {
    this.clock = clock;
    busyUntilNs = clock.nanoTime();
  }

  /** How often a render was cancelled. */
  int cancels() {
    return cancels;
  }

  @Override
  public void submit(DeviceTask task) {
    task.run();
    ModelDevice device = (ModelDevice) task.device();
    long spentNs = device == null ? 0 : device.takeSpentNs();
    task.tookNs(spentNs);
    long start = Math.max(busyUntilNs, clock.nanoTime());
    busyUntilNs = start + spentNs;
    running.add(new Running(task, busyUntilNs));
  }

  @Override
  public DeviceTask poll() {
    boolean ended = !running.isEmpty() && running.peek().doneNs() - clock.nanoTime() <= 0;
    return ended ? running.poll().task() : null;
  }

  @Override
  public void cancelRender(RenderDevice device) {
    // what was submitted has already run; its result is ignored by whoever cancelled it
    cancels++;
  }

  /** Whatever runs has ended. */
  void stop() {
    busyUntilNs = clock.nanoTime();
    List<Running> unfinished = List.copyOf(running);
    running.clear();
    unfinished.forEach(each -> running.add(new Running(each.task(), busyUntilNs)));
  }
}
