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
  /**
   * Spins, then yields, then waits: the default. What arrives over TCP ends the wait. Other
   * transports are looked at again after at most 500 microseconds, or 5 milliseconds once nothing
   * has happened for a while.
   */
  BACKOFF,
  /** Waits at once; other transports than TCP are looked at every millisecond: least CPU. */
  SLEEP
}
