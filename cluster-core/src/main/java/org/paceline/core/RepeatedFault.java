// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import org.slf4j.Logger;

/**
 * Something that may go wrong again and again, and perhaps for days. It is told once, then after a
 * minute, two, four and so on, with how often it happened meanwhile, whatever the words. Belongs to
 * one thread.
 */
public final class RepeatedFault {
  private static final long FIRST_PAUSE_NS = 60_000_000_000L;
  private static final long LONGEST_PAUSE_NS = 60 * FIRST_PAUSE_NS;

  private final Logger logger;
  private long pauseNs;
  private long toldNs;
  private long untold;

  /** Nothing has gone wrong yet. */
  public RepeatedFault(Logger logger) {
    this.logger = logger;
  }

  /** It went wrong. */
  public void happened(String sentence, long nowNs) {
    happened(sentence, null, nowNs);
  }

  /**
   * The same.
   *
   * @param cause whose stack trace is told, too; may be null
   */
  public void happened(String sentence, Throwable cause, long nowNs) {
    if (pauseNs > 0 && nowNs - toldNs < pauseNs) {
      untold++;
      return;
    }
    // what didn't happen for a while begins anew
    boolean seldom = untold == 0;
    if (seldom) {
      logger.warn("{}", sentence, cause);
    } else {
      logger.warn("{} ({} times more since the last such line)", sentence, untold, cause);
    }
    pauseNs = seldom ? FIRST_PAUSE_NS : Math.min(2 * pauseNs, LONGEST_PAUSE_NS);
    toldNs = nowNs;
    untold = 0;
  }

  /** It went well: the next fault is told at once. */
  public void over() {
    pauseNs = 0;
    untold = 0;
  }
}
