// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import org.paceline.api.NativeMemory;

/**
 * Memory that passes are rendered into, reused so that a steady render allocates nothing. All of it
 * counts in the session's part of the worker's memory.
 */
final class PassPool implements AutoCloseable {
  private final MemoryBudget.Room room;
  private final ArrayDeque<NativeMemory> free = new ArrayDeque<>();
  private boolean closed;

  PassPool(MemoryBudget.Room room) {
    this.room = room;
  }

  /** Memory of at least {@code lengthBytes}; null if there is no room for it now. */
  NativeMemory take(long lengthBytes) {
    NativeMemory memory = free.poll();
    if (memory != null && memory.lengthBytes() >= lengthBytes) {
      return memory;
    }
    if (memory != null) {
      release(memory);
    }
    if (!room.reserveResult(lengthBytes)) {
      return null;
    }
    try {
      return NativeMemory.allocate(lengthBytes);
    } catch (OutOfMemoryError e) {
      room.freeResult(lengthBytes);
      throw e;
    }
  }

  void giveBack(NativeMemory memory) {
    if (closed) {
      release(memory);
    } else {
      free.push(memory);
    }
  }

  /** Frees what isn't in use. */
  void trim() {
    while (!free.isEmpty()) {
      release(free.poll());
    }
  }

  private void release(NativeMemory memory) {
    room.freeResult(memory.lengthBytes());
    memory.close();
  }

  /** What is given back later is freed at once. */
  @Override
  public void close() {
    closed = true;
    trim();
  }
}
