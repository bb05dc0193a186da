// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

/** The network between one machine and the rest, and what is wrong with it just now. */
final class Line {
  final long latencyNs;
  final long jitterNs;
  final double nsPerByte;
  final int windowBytes;

  /** Whether writes land when they arrive, as with RDMA, or when the receiver polls. */
  final boolean landsByItself;

  /** Chance that a call finds the queue full, whatever is in it. */
  double pressure;

  /** How much later than usual things arrive. */
  long extraLatencyNs;

  /** Chance that a chunk of a scene changes on its way. */
  double damagedWrites;

  /** Chance that a message changes on its way. */
  double damagedMessages;

  private long towardsHostSilentUntilNs;
  private long towardsWorkerSilentUntilNs;

  Line(long latencyNs, long jitterNs, double nsPerByte, int windowBytes, boolean landsByItself) {
    this.latencyNs = latencyNs;
    this.jitterNs = jitterNs;
    this.nsPerByte = nsPerByte;
    this.windowBytes = windowBytes;
    this.landsByItself = landsByItself;
  }

  void silence(boolean towardsHost, long untilNs) {
    if (towardsHost) {
      towardsHostSilentUntilNs = Math.max(towardsHostSilentUntilNs, untilNs);
    } else {
      towardsWorkerSilentUntilNs = Math.max(towardsWorkerSilentUntilNs, untilNs);
    }
  }

  /** When the silence in a direction ends or has ended; what was sent meanwhile arrives then. */
  long silentUntilNs(boolean towardsHost) {
    return towardsHost ? towardsHostSilentUntilNs : towardsWorkerSilentUntilNs;
  }

  /** When a packet that leaves now arrives. */
  long arrivalNs(long nowNs, boolean towardsHost) {
    return Math.max(nowNs + latencyNs + extraLatencyNs, silentUntilNs(towardsHost));
  }

  /** Nothing new goes wrong any more. */
  void heal() {
    pressure = 0;
    extraLatencyNs = 0;
    damagedWrites = 0;
    damagedMessages = 0;
  }
}
