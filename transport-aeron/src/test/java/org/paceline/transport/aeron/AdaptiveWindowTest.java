// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.driver.CongestionControl;
import org.junit.jupiter.api.Test;

class AdaptiveWindowTest {
  private static final int MAX_BYTES = 1 << 20;
  private static final int DATAGRAM_BYTES = 1440;

  private final AdaptiveWindow window = new AdaptiveWindow(MAX_BYTES);
  private long position;

  @Test
  void fillsAFastLinkWithinMilliseconds() {
    receive(2 * MAX_BYTES, false);
    assertEquals(MAX_BYTES, windowAfter(false));
  }

  @Test
  void burstOfLossesShrinksItOnce() {
    receive(2 * MAX_BYTES, false);
    long sent = position + MAX_BYTES;
    for (int i = 0; i < 100; i++) {
      position += DATAGRAM_BYTES;
      window.onTrackRebuild(0, position, position, sent, position, position, true);
    }
    assertEquals(MAX_BYTES / 2, windowAfter(false));
  }

  @Test
  void afterALossItGrowsSlowly() {
    receive(2 * MAX_BYTES, false);
    windowAfter(true);
    receive(MAX_BYTES, false);
    int grown = windowAfter(false);
    assertTrue(grown > MAX_BYTES / 2 && grown < MAX_BYTES * 5 / 8, "window " + grown);
  }

  @Test
  void linkThatLosesByChanceKeepsItsMinimum() {
    receive(100 * MAX_BYTES, true);
    assertEquals(AdaptiveWindow.MIN_BYTES, windowAfter(true));
  }

  private void receive(long bytes, boolean loss) {
    for (long end = position + bytes; position < end; ) {
      windowAfter(loss);
    }
  }

  private int windowAfter(boolean loss) {
    position += DATAGRAM_BYTES;
    long outcome = window.onTrackRebuild(0, position, position, position, position, position, loss);
    return CongestionControl.receiverWindowLength(outcome);
  }
}
