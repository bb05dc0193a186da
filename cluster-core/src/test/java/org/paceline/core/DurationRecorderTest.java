// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.paceline.api.DurationHistogram;

/** Durations are counted where the bounds say, those outside of all bounds included. */
class DurationRecorderTest {
  private static final List<Long> BOUNDS = DurationHistogram.BOUNDS_NS;

  @Test
  void aBoundIsTheLongestOfItsRange() {
    DurationRecorder recorder = new DurationRecorder();
    for (long bound : BOUNDS) {
      recorder.record(bound);
      recorder.record(bound + 1);
    }
    List<Long> counts = recorder.snapshot().counts();
    assertEquals(1, counts.get(0));
    counts.subList(1, BOUNDS.size()).forEach(count -> assertEquals(2, count));
    assertEquals(1, counts.get(BOUNDS.size()));
  }

  @Test
  void nothingIsTooShortOrTooLong() {
    DurationRecorder recorder = new DurationRecorder();
    recorder.record(0);
    recorder.record(1);
    recorder.record(Long.MAX_VALUE / 2);
    DurationHistogram histogram = recorder.snapshot();
    assertEquals(2, histogram.counts().get(0));
    assertEquals(1, histogram.counts().get(BOUNDS.size()));
    assertEquals(1 + Long.MAX_VALUE / 2, histogram.sumNs());
  }

  @Test
  void aSnapshotStaysAsItIs() {
    DurationRecorder recorder = new DurationRecorder();
    assertSame(DurationHistogram.EMPTY, recorder.snapshot());
    recorder.record(1_000_000);
    DurationHistogram first = recorder.snapshot();
    assertSame(first, recorder.snapshot());
    recorder.record(1_000_000);
    assertNotEquals(first, recorder.snapshot());
    assertEquals(1_000_000, first.sumNs());
  }
}
