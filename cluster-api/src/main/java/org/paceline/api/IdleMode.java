// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/**
 * What a thread that drives channels does when there is nothing to do; lower latency costs more
 * CPU.
 */
public enum IdleMode {
  /** Never gives up the core: lowest latency. */
  BUSY_SPIN,
  /** Gives way to other threads, but never sleeps. */
  YIELD,
  /** Spins, then yields, then sleeps up to 500 microseconds: the default. */
  BACKOFF,
  /** Sleeps a millisecond at a time: least CPU. */
  SLEEP
}
