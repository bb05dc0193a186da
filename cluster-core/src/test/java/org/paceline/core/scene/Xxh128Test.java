// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import net.openhft.hashing.LongTupleHashFunction;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;

class Xxh128Test {
  private static final int BYTES = 300_000;

  /** Scenes are known by their hashes on machines with and without the C library. */
  @Test
  void theHashIsTheSameWithAndWithoutTheLibrary() {
    byte[] content = new byte[BYTES];
    new Random(7).nextBytes(content);
    try (NativeMemory memory = NativeMemory.allocate(BYTES)) {
      memory.putBytes(0, content, 0, BYTES);
      LongTupleHashFunction inJava = LongTupleHashFunction.xx128();
      long[] hash = new long[2];
      for (int length = 0; length < BYTES - 3; length += 997) {
        int offset = length % 3;
        Xxh128.hash(memory.address() + offset, length, hash);
        assertArrayEquals(inJava.hashBytes(content, offset, length), hash, "length " + length);
      }
    }
  }
}
