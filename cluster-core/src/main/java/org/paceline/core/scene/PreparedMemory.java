// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.paceline.api.NativeMemory;
import org.paceline.core.scene.Extents.Extent;

/**
 * Memory that scene buffers can have without waiting for the system, which takes longer to provide
 * pages for a gigabyte than a fast network takes to fill them: their pages are there already. What
 * a buffer leaves serves the next.
 *
 * <p>Belongs to the device's thread; only {@link #readyBytes()} may be asked from anywhere.
 */
public final class PreparedMemory implements AutoCloseable {
  /** Whole huge pages; what is smaller than one isn't worth it. */
  private static final long PAGE_BYTES = 2 << 20;

  /** A scene that comes just now waits so long at most: some milliseconds. */
  private static final long STEP_BYTES = 16 << 20;

  private final long mostBytes;
  private final BooleanSupplier mayHaveMore;
  private final Extents unprepared = new Extents();
  private final Extents ready = new Extents();
  private NativeMemory memory;
  private volatile long readyBytes;

  /** None at all. */
  PreparedMemory() {
    this(0, () -> false);
  }

  /**
   * Nothing is ready yet.
   *
   * @param mostBytes as much as {@link #prepareSome} makes ready
   * @param mayHaveMore whether the machine has memory to spare, asked before each step
   */
  public PreparedMemory(long mostBytes, BooleanSupplier mayHaveMore) {
    this.mostBytes = mostBytes & -PAGE_BYTES;
    this.mayHaveMore = mayHaveMore;
    if (this.mostBytes > 0) {
      unprepared.add(0, this.mostBytes);
    }
  }

  /** Whether nothing will ever be ready; from any thread. */
  public boolean isDisabled() {
    return mostBytes == 0;
  }

  /** Bytes that are ready and that nobody has. */
  public long readyBytes() {
    return readyBytes;
  }

  /** Makes some more ready; returns whether there is more to do. */
  public boolean prepareSome() {
    if (unprepared.totalBytes() == 0 || !mayHaveMore.getAsBoolean()) {
      return false;
    }
    if (memory == null) {
      memory = NativeMemory.allocate(mostBytes);
    }
    Extent step = unprepared.takeFirst(STEP_BYTES);
    memory.zero(step.offset(), step.length());
    addReady(step.offset(), step.length());
    return unprepared.totalBytes() > 0;
  }

  /** Memory that is ready, with any content; null if there isn't so much in one piece. */
  NativeMemory take(long lengthBytes) {
    if (lengthBytes < PAGE_BYTES) {
      return null;
    }
    OptionalLong offset = ready.take(pages(lengthBytes));
    readyBytes = ready.totalBytes();
    return offset.isPresent() ? memory.slice(offset.getAsLong(), lengthBytes) : null;
  }

  /** Takes memory back; does nothing if it came from elsewhere. */
  void giveBack(NativeMemory taken) {
    if (memory != null
        && taken.address() >= memory.address()
        && taken.address() < memory.address() + memory.lengthBytes()) {
      addReady(taken.address() - memory.address(), pages(taken.lengthBytes()));
    }
  }

  /** Gives the system back what is ready beyond so much. */
  void keepReady(long bytes) {
    while (ready.totalBytes() > bytes) {
      Extent last = ready.takeLast(pages(ready.totalBytes() - bytes));
      memory.discard(last.offset(), last.length());
      unprepared.add(last.offset(), last.length());
    }
    readyBytes = ready.totalBytes();
  }

  private void addReady(long offset, long length) {
    ready.add(offset, length);
    readyBytes = ready.totalBytes();
  }

  private static long pages(long bytes) {
    return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  /** Releases all of it, what was taken included. */
  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
