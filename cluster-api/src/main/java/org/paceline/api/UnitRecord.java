// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/**
 * What became of one unit on one worker. Times are nanoseconds since the job was given.
 *
 * @param worker the worker's endpoint
 * @param unit what it was
 * @param givenNs when the worker was given it
 * @param endedNs when its pass came, or it was clear that none will
 * @param renderNs how long the worker rendered it, waiting for other hosts' units included; 0 if it
 *     didn't
 * @param outcome what it was good for
 */
public record UnitRecord(
    String worker, WorkUnit unit, long givenNs, long endedNs, long renderNs, Outcome outcome) {
  /** What a unit was good for. */
  public enum Outcome {
    /** Its pass is in the film. */
    MERGED,
    /** Nobody needed it: another worker's pass of it came first, or the job was over. */
    SURPLUS,
    /** It was cancelled, or its worker was lost or failed: somebody else renders it. */
    LOST
  }
}
