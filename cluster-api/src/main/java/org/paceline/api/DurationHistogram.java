// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many durations fell into which of some fixed ranges, each of which ends at twice what the one
 * before does.
 *
 * @param counts by range; one more than there are bounds, for what is longer than all of them
 * @param sumNs all durations together
 */
public record DurationHistogram(List<Long> counts, long sumNs) {
  private static final int FIRST_BOUND_LOG2 = 14;
  private static final int LAST_BOUND_LOG2 = 36;

  /** The longest durations in each range but the last, ascending: 16 us to 69 s. */
  public static final List<Long> BOUNDS_NS =
      IntStream.rangeClosed(FIRST_BOUND_LOG2, LAST_BOUND_LOG2)
          .mapToObj(log2 -> 1L << log2)
          .toList();

  /** Of no duration. */
  public static final DurationHistogram EMPTY =
      new DurationHistogram(Collections.nCopies(BOUNDS_NS.size() + 1, 0L), 0);

  /**
   * A copy that nobody changes.
   *
   * @throws IllegalArgumentException if the counts aren't as many as the ranges
   */
  public DurationHistogram {
    counts = List.copyOf(counts);
    if (counts.size() != BOUNDS_NS.size() + 1) {
      throw new IllegalArgumentException(
          counts.size() + " counts for " + (BOUNDS_NS.size() + 1) + " ranges");
    }
  }

  /** The index of the range that a duration falls into. */
  public static int rangeOf(long ns) {
    int log2 = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, ns) - 1);
    return Math.min(Math.max(log2 - FIRST_BOUND_LOG2, 0), BOUNDS_NS.size());
  }
}
