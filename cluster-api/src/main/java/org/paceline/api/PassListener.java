// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/** Told of each pass that was merged into the film. */
@FunctionalInterface
public interface PassListener {
  /**
   * Called on the session's thread right after the merge: return quickly, don't block. What may be
   * called from here is said at {@link RenderSession}. An exception is logged; an {@link Error}
   * ends the session.
   *
   * @param unit what was merged
   * @param film the film it was merged into
   */
  void onPass(WorkUnit unit, Film film);
}
