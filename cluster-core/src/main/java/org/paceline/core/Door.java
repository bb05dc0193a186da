// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.function.Supplier;
import org.paceline.api.transport.Channel;
import org.slf4j.Logger;

/**
 * Takes callers from a listener: a few at a time, so that a crowd doesn't keep its owner from those
 * who are in, and with a pause after each failure. Belongs to one thread.
 */
public final class Door {
  /** Callers that are let in during one duty cycle. */
  private static final int PORTION = 16;

  /** Descriptors come back with the strangers that had them, which takes no longer. */
  private static final long PAUSE_NS = 20_000_000;

  private final Supplier<Channel> source;
  private final RepeatedFault fault;
  private int taken;
  private boolean paused;
  private long notBeforeNs;

  /**
   * Lets nobody in yet.
   *
   * @param source the next caller, or null; may throw if there is one that can't be had
   */
  public Door(Supplier<Channel> source, Logger logger) {
    this.source = source;
    fault = new RepeatedFault(logger);
  }

  /** A duty cycle begins. */
  public void begin(long nowNs) {
    taken = 0;
    paused &= nowNs - notBeforeNs < 0;
  }

  /**
   * The next caller of this duty cycle; null if there is none.
   *
   * @param room called after a failure, which may be for want of descriptors: makes one free
   */
  public Channel next(long nowNs, Runnable room) {
    if (paused || taken == PORTION) {
      return null;
    }
    taken++;
    try {
      Channel caller = source.get();
      if (caller != null) {
        fault.over();
      }
      return caller;
    } catch (RuntimeException e) {
      fault.happened(e.getMessage(), nowNs);
      paused = true;
      notBeforeNs = nowNs + PAUSE_NS;
      room.run();
      return null;
    }
  }
}
