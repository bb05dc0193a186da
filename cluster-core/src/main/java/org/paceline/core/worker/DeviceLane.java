// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import org.paceline.api.device.RenderDevice;

/**
 * Runs device tasks one after another, in order, away from the sessions: on a thread of its own, or
 * in a test in virtual time. All methods are called by the sessions' owner.
 */
interface DeviceLane {
  /** Queues a task. */
  void submit(DeviceTask task);

  /** The next task that has ended, in the order of submission; null if there is none now. */
  DeviceTask poll();

  /** Makes a render in progress on that device return soon. */
  void cancelRender(RenderDevice device);
}
