// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.driver.Configuration;
import io.aeron.driver.CongestionControl;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import java.net.InetSocketAddress;

/**
 * The receive window of one stream: how far its sender may be ahead of its reader. Grows as TCP's
 * window does (slow start, then linearly, RFC 5681) as long as nothing is lost, and shrinks once
 * for each window that lost something (as in RFC 6582).
 *
 * <p>A fixed window is either too small for fast links or floods the queues of slow ones; Aeron's
 * own CUBIC needs round trip times, shrinks to one datagram in a single burst of losses, and takes
 * seconds to recover. The lower bound here is for links that lose by chance, as multicast over
 * Wi-Fi does. Runs on the driver's thread.
 */
final class AdaptiveWindow implements CongestionControl {
  static final int MIN_BYTES = 256 << 10;
  private static final int INITIAL_BYTES = MIN_BYTES;

  /** What a window without loss adds, after slow start. */
  private static final int STEP_BYTES = 32 << 10;

  private final int maxBytes;
  private final int minBytes;
  private int windowBytes;
  private boolean slowStart = true;
  private long growPosition = -1;
  private long recoveryPosition;

  AdaptiveWindow(int maxBytes) {
    this.maxBytes = maxBytes;
    minBytes = Math.min(MIN_BYTES, maxBytes);
    windowBytes = Math.min(INITIAL_BYTES, maxBytes);
  }

  /** For a stream with {@code termBytes} a term, up to what its channel or else the driver says. */
  static AdaptiveWindow of(UdpChannel channel, int termBytes, MediaDriver.Context driver) {
    int asked = channel.receiverWindowLength();
    return new AdaptiveWindow(
        Configuration.receiverWindowLength(
            termBytes, asked != 0 ? asked : driver.initialWindowLength()));
  }

  @Override
  public long onTrackRebuild(
      long nowNs,
      long newConsumptionPosition,
      long lastSmPosition,
      long hwmPosition,
      long startingRebuildPosition,
      long endingRebuildPosition,
      boolean lossOccurred) {
    if (growPosition < 0) {
      growPosition = newConsumptionPosition + windowBytes;
    }
    if (lossOccurred && startingRebuildPosition >= recoveryPosition) {
      slowStart = false;
      windowBytes = Math.max(minBytes, windowBytes / 2);
      recoveryPosition = hwmPosition;
      growPosition = hwmPosition + windowBytes;
    } else if (newConsumptionPosition >= growPosition) {
      windowBytes = Math.min(maxBytes, slowStart ? 2 * windowBytes : windowBytes + STEP_BYTES);
      growPosition = newConsumptionPosition + windowBytes;
    }
    return CongestionControl.packOutcome(windowBytes, false);
  }

  @Override
  public int initialWindowLength() {
    return windowBytes;
  }

  @Override
  public int maxWindowLength() {
    return maxBytes;
  }

  @Override
  public boolean shouldMeasureRtt(long nowNs) {
    return false;
  }

  @Override
  public void onRttMeasurementSent(long nowNs) {}

  @Override
  public void onRttMeasurement(long nowNs, long rttNs, InetSocketAddress srcAddress) {}

  @Override
  public void close() {}
}
