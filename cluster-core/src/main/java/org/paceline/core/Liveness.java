// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import org.paceline.api.DurationHistogram;
import org.paceline.api.transport.Channel;
import org.paceline.core.protocol.HeartbeatDecoder;
import org.paceline.core.protocol.MessageWriter;

/**
 * Heartbeats of one channel: sends four in the time after which silence means the peer is lost, and
 * measures the round trip by what comes back. Any byte that arrives counts as a sign of life.
 */
public final class Liveness {
  private static final int BEATS_PER_TIMEOUT = 4;

  /** Transports give up later than that, and can tell better what is wrong. */
  private static final long CONNECTING_NS = 1_500_000_000;

  private final long timeoutNs;
  private final DurationRecorder roundTrips = new DurationRecorder();
  private long lastReceivedNs;
  private long lastReceivedBytes;
  private long nextBeatNs;
  private long echoNs;
  private long echoReceivedNs;
  private long roundTripNs;

  /** Starts counting at {@code nowNs}. */
  public Liveness(long timeoutNs, long nowNs) {
    this.timeoutNs = timeoutNs;
    lastReceivedNs = nowNs;
    nextBeatNs = nowNs;
  }

  /** Takes note of what has arrived so far. */
  public void observe(long receivedBytes, long nowNs) {
    if (receivedBytes != lastReceivedBytes) {
      lastReceivedBytes = receivedBytes;
      lastReceivedNs = nowNs;
    }
  }

  /** A heartbeat came. */
  public void onHeartbeat(HeartbeatDecoder heartbeat, long nowNs) {
    echoNs = heartbeat.sentNs();
    echoReceivedNs = nowNs;
    if (heartbeat.echoNs() != 0) {
      roundTripNs = Math.max(1, nowNs - heartbeat.echoNs() - heartbeat.echoDelayNs());
      roundTrips.record(roundTripNs);
    }
  }

  /** Last measured round trip; 0 before the first. */
  public long roundTripNs() {
    return roundTripNs;
  }

  /** All round trips that were measured. */
  public DurationHistogram roundTrips() {
    return roundTrips.snapshot();
  }

  /** Whether the peer has been silent for too long. */
  public boolean isLost(long nowNs) {
    return nowNs - lastReceivedNs > timeoutNs;
  }

  /** Whether the peer has been silent for longer than {@code limitNs}, and for too long. */
  public boolean isLost(long nowNs, long limitNs) {
    return isLost(nowNs) && nowNs - lastReceivedNs > limitNs;
  }

  /** Whether a channel to the peer has been awaited for too long. */
  public boolean isUnreachable(long nowNs) {
    return isLost(nowNs, timeoutNs + CONNECTING_NS);
  }

  /** The reason to close with when it is lost. */
  public String lostReason() {
    return "no sign of life for " + timeoutNs / 1_000_000 + " ms";
  }

  /**
   * Sends a heartbeat if one is due; one that meets back pressure is tried again with the next
   * call.
   */
  public int beat(MessageWriter writer, Channel channel, long nowNs) {
    if (nowNs - nextBeatNs < 0) {
      return 0;
    }
    if (writer.heartbeat(channel, nowNs, echoNs, echoNs == 0 ? 0 : nowNs - echoReceivedNs) < 0) {
      return 0;
    }
    nextBeatNs = nowNs + timeoutNs / BEATS_PER_TIMEOUT;
    return 1;
  }
}
