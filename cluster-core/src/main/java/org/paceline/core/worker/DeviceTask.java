// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import org.paceline.api.WorkUnit;
import org.paceline.api.device.RenderDevice;

/**
 * Work for a device: {@link #execute} runs on the lane, {@link #completed} afterwards on the
 * session's thread.
 */
abstract class DeviceTask {
  private final DeviceScene scene;
  private Throwable failure;
  private long durationNs;
  private long heldUpNs;

  /** Work for that scene's device. */
  DeviceTask(DeviceScene scene) {
    this.scene = scene;
  }

  /** Runs on the lane. */
  abstract void execute();

  /** Runs on the session's thread, whether or not it failed. */
  abstract void completed();

  /** The unit that it is about to render, or null; a lane in virtual time needs to know. */
  WorkUnit renders() {
    return null;
  }

  /** Whose work it is; null while there is none, because this task is to open it. */
  final RenderDevice device() {
    return scene == null ? null : scene.device();
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

  /**
   * How long other sessions' tasks kept the lane since this session's last one had ended, or since
   * it had nothing to do.
   */
  final long heldUpNs() {
    return heldUpNs;
  }

  final void heldUpFor(long ns) {
    heldUpNs = ns;
  }

  /** Keeps whatever is thrown, errors too: a lane that died would look like a slow one. */
  final void run() {
    try {
      execute();
    } catch (Throwable e) {
      failure = e;
    }
  }
}
