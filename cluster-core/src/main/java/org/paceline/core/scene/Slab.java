// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.OptionalLong;
import org.paceline.api.NativeMemory;
import org.paceline.core.scene.Extents.Extent;

/** One piece of {@link PreparedMemory}, in whole huge pages: taken, ready, or not prepared. */
final class Slab implements AutoCloseable {
  /** A scene that comes just now waits so long at most: some milliseconds. */
  static final long STEP_BYTES = 16 << 20;

  /** What is smaller isn't worth it. */
  private static final long PAGE_BYTES = 2 << 20;

  private final NativeMemory memory;
  private final Extents unprepared = new Extents();
  private final Extents ready = new Extents();

  /** Of memory that belongs to it now. */
  Slab(NativeMemory memory) {
    this.memory = memory;
    unprepared.add(0, memory.lengthBytes());
  }

  /** So many bytes and what lacks to a page. */
  static long pages(long bytes) {
    return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  long readyBytes() {
    return ready.totalBytes();
  }

  /** The longest piece that is ready. */
  long longestReady() {
    return ready.longest();
  }

  /** Whether something can be made ready. */
  boolean isUnprepared() {
    return unprepared.totalBytes() > 0;
  }

  /** Makes the next step ready, by writing to it. */
  void prepareSome() {
    Extent step = unprepared.takeFirst(STEP_BYTES);
    memory.zero(step.offset(), step.length());
    ready.add(step.offset(), step.length());
  }

  /** A part that is ready; null if there is none. */
  NativeMemory take(long lengthBytes) {
    if (lengthBytes < PAGE_BYTES) {
      return null;
    }
    OptionalLong offset = ready.take(pages(lengthBytes));
    return offset.isPresent() ? memory.slice(offset.getAsLong(), lengthBytes) : null;
  }

  /** Whether memory was taken from here. */
  boolean holds(NativeMemory taken) {
    return taken.address() >= memory.address()
        && taken.address() < memory.address() + memory.lengthBytes();
  }

  /** A part that was taken is ready again. */
  void giveBack(NativeMemory taken) {
    ready.add(taken.address() - memory.address(), pages(taken.lengthBytes()));
  }

  /** Gives the system back so much of what is ready, or all of it. */
  void discard(long bytes) {
    long left = Math.min(pages(bytes), ready.totalBytes());
    while (left > 0) {
      Extent last = ready.takeLast(left);
      memory.discard(last.offset(), last.length());
      unprepared.add(last.offset(), last.length());
      left -= last.length();
    }
  }

  /** Releases it, what was taken included. */
  @Override
  public void close() {
    memory.close();
  }
}
