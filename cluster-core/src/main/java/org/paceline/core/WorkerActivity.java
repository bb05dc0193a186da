// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.List;
import java.util.Map;
import org.paceline.api.DurationHistogram;

/**
 * What a worker has done since it started: a snapshot for telemetry, some tens of milliseconds old
 * at most.
 *
 * @param nanos how long it did what; every kind is there, and together they are its age
 * @param samples pixel samples rendered, those for hosts that have gone included
 * @param hosts the hosts that are attached
 */
public record WorkerActivity(Map<Doing, Long> nanos, long samples, List<Host> hosts) {
  /** What a worker does, by the best that it does for any host; all but the first are idleness. */
  public enum Doing {
    /** Renders. */
    RENDERING,
    /** Has rendered all that it was given, and the network hasn't taken the passes yet. */
    SENDING,
    /** Receives a scene, or builds what the device needs of it. */
    LOADING,
    /** Has a scene, and its host gives it nothing to render. */
    WITHOUT_UNIT,
    /** No host is attached. */
    WITHOUT_HOST
  }

  /**
   * What was done for one host over its present channel.
   *
   * @param peer where the host is
   * @param samples pixel samples rendered
   * @param renderNs how long that took, without the turns of other hosts
   * @param unitsHeld units that wait, are rendered or leave
   * @param roundTripNs last measured round trip; 0 before the first
   * @param unitTimes how long its units took, each without the turns of other hosts
   * @param roundTrips all that were measured
   * @param receivedBytes bytes that came from it, which are the scene's but for a little
   */
  public record Host(
      String peer,
      long samples,
      long renderNs,
      int unitsHeld,
      long roundTripNs,
      DurationHistogram unitTimes,
      DurationHistogram roundTrips,
      long receivedBytes) {}

  /** A copy that nobody changes. */
  public WorkerActivity {
    nanos = Map.copyOf(nanos);
    hosts = List.copyOf(hosts);
  }
}
