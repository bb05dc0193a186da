// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

/**
 * Runs device tasks one after another, in order, away from the session: on a thread of its own, or
 * in a test in virtual time. All methods are called by the session's owner.
 */
interface DeviceLane {
  /** Queues a task. */
  void submit(DeviceTask task);

  /** Calls {@link DeviceTask#completed} of tasks that have ended; returns how many. */
  int poll();

  /** Tasks submitted whose completion has not been polled. */
  int pending();

  /** Makes a render in progress return soon. */
  void cancelRender();
}
