// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Memory that is provided ahead of its use is the same memory. */
class NativeMemoryTest {
  private static final long BYTES = (64L << 20) + 100;

  @Test
  void populatingKeepsWhatIsThere() {
    try (NativeMemory memory = NativeMemory.allocate(BYTES)) {
      for (long at = 0; at + Long.BYTES <= BYTES; at += 4096) {
        memory.putLong(at, at + 1);
      }
      memory.populate(12_345, BYTES - 12_345);
      for (long at = 0; at + Long.BYTES <= BYTES; at += 4096) {
        assertEquals(at + 1, memory.getLong(at));
      }
    }
  }

  @Test
  void nothingBesideItIsPopulated() {
    try (NativeMemory memory = NativeMemory.allocate(BYTES)) {
      assertThrows(IndexOutOfBoundsException.class, () -> memory.populate(1, BYTES));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.populate(-1, 10));
    }
  }
}
