// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.paceline.api.NativeMemory;

/**
 * Memory for the passes that a session's workers bring: as much as is in use, and at most as much
 * again for what comes next. With nothing in use it holds none.
 *
 * <p>Belongs to the session's thread.
 */
final class PassMemory {
  /** Smaller passes take this much, so that most slots fit most units. */
  static final long SMALLEST_BYTES = 64 << 10;

  private static final int SMALLEST_SHIFT = Long.numberOfTrailingZeros(SMALLEST_BYTES);

  /** By size: each is twice the one before. */
  private final ArrayDeque<NativeMemory>[] free = sizes();

  private long usedBytes;
  private long freeBytes;

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private static ArrayDeque<NativeMemory>[] sizes() {
    ArrayDeque<NativeMemory>[] sizes = new ArrayDeque[Long.SIZE - SMALLEST_SHIFT];
    Arrays.setAll(sizes, i -> new ArrayDeque<>());
    return sizes;
  }

  /** Bytes allocated. */
  long bytes() {
    return usedBytes + freeBytes;
  }

  /** At least {@code lengthBytes}, with any content. */
  NativeMemory take(long lengthBytes) {
    int size = size(lengthBytes);
    NativeMemory memory = free[size].poll();
    if (memory == null) {
      memory = NativeMemory.allocate(SMALLEST_BYTES << size);
    } else {
      freeBytes -= memory.lengthBytes();
    }
    usedBytes += memory.lengthBytes();
    return memory;
  }

  /** Takes memory back that nobody writes into. */
  void giveBack(NativeMemory memory) {
    usedBytes -= memory.lengthBytes();
    free[size(memory.lengthBytes())].push(memory);
    freeBytes += memory.lengthBytes();
    for (int i = free.length - 1; i >= 0 && freeBytes > usedBytes; i--) {
      while (!free[i].isEmpty() && freeBytes > usedBytes) {
        NativeMemory surplus = free[i].poll();
        freeBytes -= surplus.lengthBytes();
        surplus.close();
      }
    }
  }

  private static int size(long lengthBytes) {
    long units = (lengthBytes + SMALLEST_BYTES - 1) >> SMALLEST_SHIFT;
    return units <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(units - 1);
  }
}
