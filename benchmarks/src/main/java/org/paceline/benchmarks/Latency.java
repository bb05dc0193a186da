// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/** Measures round trips in nanoseconds into a histogram. */
final class Latency {
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final long ANSWER_TIMEOUT_NS = 1_000_000_000L;

  private Latency() {}

  /** One message at a time: the next is sent when the last one is back. */
  static Histogram closedLoop(EchoLink link, long durationNs) throws IOException {
    Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
    LongConsumer record = stamp -> histogram.recordValue(System.nanoTime() - stamp);
    long end = System.nanoTime() + durationNs;
    while (System.nanoTime() < end) {
      while (!link.send(System.nanoTime())) {
        Thread.onSpinWait();
      }
      while (link.poll(record) == 0) {
        Thread.onSpinWait();
      }
    }
    return histogram;
  }

  /**
   * Messages at a fixed rate, each timed from when it should have been sent: a stall counts for all
   * that it delayed.
   */
  static Histogram openLoop(EchoLink link, long durationNs, long intervalNs) throws IOException {
    Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
    LongConsumer record = stamp -> histogram.recordValue(System.nanoTime() - stamp);
    long count = durationNs / intervalNs;
    long start = System.nanoTime();
    long scheduled = 0;
    long end = start + durationNs + ANSWER_TIMEOUT_NS;
    while (histogram.getTotalCount() < count) {
      long now = System.nanoTime();
      if (scheduled < count
          && now >= start + scheduled * intervalNs
          && link.send(start + scheduled * intervalNs)) {
        scheduled++;
      }
      link.poll(record);
      if (now > end) {
        throw new IllegalStateException(
            (count - histogram.getTotalCount()) + " of " + count + " answers never came");
      }
    }
    return histogram;
  }
}
