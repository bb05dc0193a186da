// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.Arrays;
import org.paceline.api.DurationHistogram;

/** Counts durations. For one thread; recording allocates nothing. */
public final class DurationRecorder {
  private final long[] counts = new long[DurationHistogram.BOUNDS_NS.size() + 1];
  private long sumNs;
  private DurationHistogram snapshot = DurationHistogram.EMPTY;
  private boolean isSnapshotOld;

  /** One that has counted nothing. */
  public DurationRecorder() {}

  /** Counts one. */
  public void record(long ns) {
    counts[DurationHistogram.rangeOf(ns)]++;
    sumNs += ns;
    isSnapshotOld = true;
  }

  /** What was counted so far; the same object until there is more. */
  public DurationHistogram snapshot() {
    if (isSnapshotOld) {
      snapshot = new DurationHistogram(Arrays.stream(counts).boxed().toList(), sumNs);
      isSnapshotOld = false;
    }
    return snapshot;
  }
}
