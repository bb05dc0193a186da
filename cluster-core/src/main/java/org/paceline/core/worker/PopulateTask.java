// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.List;
import org.paceline.api.NativeMemory;
import org.paceline.api.device.RenderDevice;

/**
 * Has memory provided for a scene ahead of its arrival, which takes the system about as long as
 * receiving it does: on the lane, which has nothing else to do for this scene yet.
 */
final class PopulateTask extends DeviceTask {
  private static final long STEP_BYTES = 16 << 20;

  private final List<NativeMemory> memories;
  private volatile boolean stopped;

  /** For memory that this device's scene will be in. */
  PopulateTask(RenderDevice device, List<NativeMemory> memories) {
    super(device);
    this.memories = memories;
  }

  /** Less costs less than handing it to another thread. */
  static boolean isWorthwhile(NativeMemory memory) {
    return memory.lengthBytes() >= STEP_BYTES;
  }

  /** It isn't needed any more; from any thread. */
  void stop() {
    stopped = true;
  }

  @Override
  void execute() {
    for (NativeMemory memory : memories) {
      long length = memory.lengthBytes();
      for (long at = 0; at < length && !stopped; at += STEP_BYTES) {
        memory.populate(at, Math.min(STEP_BYTES, length - at));
      }
    }
  }

  @Override
  void completed() {
    // nobody waits for it
  }
}
