// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.paceline.api.IdleMode;

/** Agrona's idle strategies by the configuration's names. */
public final class Idling {
  private static final long MAX_SPINS = 20;
  private static final long MAX_YIELDS = 20;
  private static final long MIN_PARK_NS = 1_000;
  private static final long MAX_PARK_NS = 500_000;

  private Idling() {}

  /** A fresh strategy for one thread. */
  public static IdleStrategy strategy(IdleMode mode) {
    return switch (mode) {
      case BUSY_SPIN -> new BusySpinIdleStrategy();
      case YIELD -> new YieldingIdleStrategy();
      case BACKOFF -> new BackoffIdleStrategy(MAX_SPINS, MAX_YIELDS, MIN_PARK_NS, MAX_PARK_NS);
      case SLEEP -> new SleepingMillisIdleStrategy(1);
    };
  }
}
