// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How many blocks each cell of a film holds, and a version number of each cell, by which readers
 * notice a merge beside them: a sequence lock for each cell (Boehm, "Can Seqlocks Get Along With
 * Programming Language Memory Models?", 2012). One thread merges and never waits; any may read.
 *
 * <p>A reader repeats what a merge met. A cell is merged into once for each block of its samples,
 * so it does that a bounded number of times.
 */
final class CellVersions {
  private static final VarHandle VERSION = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);

  /**
   * Sequence numbers of different films differ, so that one film's snapshot isn't taken for
   * another's.
   */
  private static final AtomicLong NEXT_SEQUENCE = new AtomicLong(1);

  private static final int SPINS = 100;
  private static final long PARK_NS = 20_000;

  private final int[] blocks;

  /** Twice the sequence number of the last change, and one more while a merge is under way. */
  private final long[] versions;

  private final long firstSequence;
  private volatile long sequence;

  /**
   * Empty cells.
   *
   * @param blocksPerCell how many each will have in the end
   */
  CellVersions(int cells, int blocksPerCell) {
    blocks = new int[cells];
    versions = new long[cells];
    firstSequence = NEXT_SEQUENCE.getAndAdd((long) cells * blocksPerCell + 1);
    sequence = firstSequence;
    Arrays.fill(versions, 2 * firstSequence);
  }

  // ---- the thread that merges

  /** For each cell, blocks merged; the array itself, for the thread that merges. */
  int[] blocks() {
    return blocks;
  }

  /** Before the pixels of a cell change. */
  void beginMerge(int cell) {
    VERSION.setOpaque(versions, cell, 2 * (sequence + 1) + 1);
    VarHandle.storeStoreFence();
  }

  /** After they have. */
  void endMerge(int cell, int nowBlocks) {
    COUNT.setOpaque(blocks, cell, nowBlocks);
    long changed = sequence + 1;
    VERSION.setRelease(versions, cell, 2 * changed);
    sequence = changed;
  }

  // ---- readers

  /** The number of the film's last change. Each change up to it shows in its cell's version. */
  long sequence() {
    return sequence;
  }

  /** Whether a sequence number is one of this film's. */
  boolean isOwn(long number) {
    return number >= firstSequence && number <= sequence;
  }

  /** Blocks in a cell. */
  int blocks(int cell) {
    return (int) COUNT.getAcquire(blocks, cell);
  }

  /** The version to read a cell at; waits while it is being merged into. */
  long beginRead(int cell) {
    long version = (long) VERSION.getAcquire(versions, cell);
    for (int i = 0; (version & 1) != 0; i++) {
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        // the merging thread has lost its core
        LockSupport.parkNanos(PARK_NS);
      }
      version = (long) VERSION.getAcquire(versions, cell);
    }
    return version;
  }

  /** Whether what was read since {@link #beginRead} returned that version belongs together. */
  boolean endRead(int cell, long version) {
    VarHandle.loadLoadFence();
    return (long) VERSION.getOpaque(versions, cell) == version;
  }

  /** Whether a cell has changed since, or is about to. */
  boolean isChangedSince(int cell, long number) {
    return (long) VERSION.getAcquire(versions, cell) > 2 * number;
  }
}
