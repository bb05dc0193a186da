// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import org.agrona.concurrent.NanoClock;

/**
 * One node's clock, which starts anywhere and goes at a rate of its own.
 *
 * @param time true time
 * @param offsetNs what it shows when that begins
 * @param rate its seconds in a true one
 */
record SkewedClock(VirtualTime time, long offsetNs, double rate) implements NanoClock {
  @Override
  public long nanoTime() {
    return offsetNs + (long) (time.nowNs() * rate);
  }
}
