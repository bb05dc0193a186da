// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import java.util.Arrays;

/**
 * The fixed cut of a job's samples into blocks: 1, 1, 2, 4, 8, then 16 at a time. It depends on the
 * number of samples only, so sums over blocks, merged in order, are the same bits whoever rendered
 * them. The first blocks are small to show a whole picture soon; 16 is where Cycles' adaptive
 * sampling looks for convergence.
 */
public final class SampleBlocks {
  private static final int LARGEST = 16;

  private final int[] starts;

  /** The cut of {@code samples} samples, at least 1. */
  public SampleBlocks(int samples) {
    int[] cut = new int[samples / LARGEST + 8];
    int count = 0;
    int start = 0;
    while (start < samples) {
      cut[count++] = start;
      start += Math.min(LARGEST, Math.max(1, start));
    }
    cut[count] = samples;
    starts = Arrays.copyOf(cut, count + 1);
  }

  /** Number of blocks. */
  public int count() {
    return starts.length - 1;
  }

  /** First sample of a block; for {@code block == count()} the number of samples. */
  public int start(int block) {
    return starts[block];
  }

  /** Samples in a block. */
  public int length(int block) {
    return starts[block + 1] - starts[block];
  }

  /** The block that starts with a sample, or a negative number if none does. */
  public int blockAt(int firstSample) {
    int block = Arrays.binarySearch(starts, firstSample);
    return block < count() ? block : -1;
  }
}
