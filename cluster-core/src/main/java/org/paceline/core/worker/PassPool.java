// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import org.paceline.api.NativeMemory;

/** Memory that passes are rendered into, reused so that a steady render allocates nothing. */
final class PassPool implements AutoCloseable {
  private final ArrayDeque<NativeMemory> free = new ArrayDeque<>();

  /** Memory of at least {@code lengthBytes}. */
  NativeMemory take(long lengthBytes) {
    NativeMemory memory = free.poll();
    if (memory != null && memory.lengthBytes() >= lengthBytes) {
      return memory;
    }
    if (memory != null) {
      memory.close();
    }
    return NativeMemory.allocate(lengthBytes);
  }

  void giveBack(NativeMemory memory) {
    free.push(memory);
  }

  @Override
  public void close() {
    free.forEach(NativeMemory::close);
    free.clear();
  }
}
