// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;

class MemoryWindowsTest {
  @Test
  void everyByteOfASparseBufferCanBeReached() {
    long length = 3L << 30;
    try (NativeMemory memory = NativeMemory.allocate(length)) {
      MemoryWindows windows = new MemoryWindows();
      long at = 0;
      int pieces = 0;
      while (at < length) {
        ByteBuffer piece = windows.view(memory.address() + at, length - at);
        memory.putByte(at, (byte) 3);
        memory.putByte(at + piece.remaining() - 1, (byte) 4);
        assertEquals(3, piece.get(piece.position()));
        assertEquals(4, piece.get(piece.limit() - 1));
        at += piece.remaining();
        pieces++;
      }
      assertEquals(length, at);
      assertEquals(memory.address() % (1L << 30) == 0 ? 3 : 4, pieces);
      assertEquals(5, windows.view(memory.address() + 7, 5).remaining());
    }
  }
}
