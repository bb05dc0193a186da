// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/** Hears what becomes of each unit of a job, for telemetry. */
@FunctionalInterface
public interface UnitListener {
  /**
   * A worker has done with a unit. Called on the session's thread, which everything waits for: be
   * quick. What may be called from here is said at {@link RenderSession}. An exception is logged;
   * an {@link Error} ends the session.
   */
  void onUnit(UnitRecord unit);
}
