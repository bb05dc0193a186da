// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import org.paceline.api.device.RenderDevice;

/**
 * Work for the device's thread: {@link #execute} runs there, {@link #completed} afterwards on the
 * session's.
 */
abstract class DeviceTask {
  private RuntimeException failure;
  private long durationNs;

  /** Runs on the device's thread. */
  abstract void execute(RenderDevice device);

  /** Runs on the session's thread, whether or not it failed. */
  abstract void completed();

  /** What {@link #execute} threw, or null. */
  final RuntimeException failure() {
    return failure;
  }

  /** How long {@link #execute} took. */
  final long durationNs() {
    return durationNs;
  }

  final void tookNs(long ns) {
    durationNs = ns;
  }

  final void run(RenderDevice device) {
    try {
      execute(device);
    } catch (RuntimeException e) {
      failure = e;
    }
  }
}
