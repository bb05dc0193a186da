// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/**
 * What a session knows of one worker.
 *
 * @param endpoint where it was dialled, or where it dialled from
 * @param name what it calls itself; empty before it attached
 * @param transport what it is reached over and why, for people; empty before that is settled
 * @param state how far it is
 * @param detail why it isn't attached, or empty
 * @param samplesPerSecond pixel samples per second over its last units; 0 before the first
 * @param roundTripNs last measured round trip; 0 before the first
 * @param roundTrips all that were measured since it was last dialled
 * @param sceneBytesSent scene bytes that were sent to it in this session
 * @param unitsHeld units that it was given and hasn't brought back
 */
public record WorkerStatus(
    String endpoint,
    String name,
    String transport,
    State state,
    String detail,
    double samplesPerSecond,
    long roundTripNs,
    DurationHistogram roundTrips,
    long sceneBytesSent,
    int unitsHeld) {
  /** How far a worker is. */
  public enum State {
    /** Not reachable yet, or lost; it is dialled again and again. */
    CONNECTING,
    /** Attached; receiving the scene. */
    LOADING,
    /** Has the scene and takes units. */
    READY,
    /** Refused for good: {@link WorkerStatus#detail()} says why and what to do. */
    REFUSED
  }
}
