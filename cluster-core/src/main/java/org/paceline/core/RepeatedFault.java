// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import org.slf4j.Logger;

/**
 * Something that may go wrong again and again. It is told once, then once a minute with how often
 * it happened, whatever the words.
 */
public final class RepeatedFault {
  private static final long INTERVAL_NS = 60_000_000_000L;

  private final Logger logger;
  private boolean failing;
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
    if (failing && nowNs - toldNs < INTERVAL_NS) {
      untold++;
      return;
    }
    if (untold == 0) {
      logger.warn("{}", sentence, cause);
    } else {
      logger.warn("{} ({} times more since the last such line)", sentence, untold, cause);
    }
    failing = true;
    toldNs = nowNs;
    untold = 0;
  }

  /** It went well: the next fault is told at once. */
  public void over() {
    failing = false;
    untold = 0;
  }
}
