// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import org.paceline.api.WorkUnit;
import org.paceline.api.device.RenderDevice;

/**
 * Work for the device's thread: {@link #execute} runs there, {@link #completed} afterwards on the
 * session's.
 */
abstract class DeviceTask {
  private Throwable failure;
  private long durationNs;

  /** Runs on the device's thread. */
  abstract void execute(RenderDevice device);

  /** Runs on the session's thread, whether or not it failed. */
  abstract void completed();

  /** The unit that it is about to render, or null; a lane in virtual time needs to know. */
  WorkUnit renders() {
    return null;
  }

  /** What {@link #execute} threw, or null. */
  final Throwable failure() {
    return failure;
  }

  /** How long {@link #execute} took. */
  final long durationNs() {
    return durationNs;
  }

  final void tookNs(long ns) {
    durationNs = ns;
  }

  /** Keeps whatever is thrown, errors too: a device thread that died would look like a slow one. */
  final void run(RenderDevice device) {
    try {
      execute(device);
    } catch (Throwable e) {
      failure = e;
    }
  }
}
