// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import org.paceline.api.NativeMemory;

/** Has the hash compiled before a scene waits for it. */
public final class HashWarmUp {
  private static final int CHUNK_BYTES = 16 << 10;
  private static final int CHUNKS = 256;

  private HashWarmUp() {}

  /** Hashes a few megabytes, in memory large enough that huge pages are asked for, too. */
  public static void run() {
    try (NativeMemory memory = NativeMemory.allocateZeroed((long) CHUNK_BYTES * CHUNKS)) {
      long[] hashes = ChunkHasher.hashAll(memory, CHUNK_BYTES);
      ChunkHasher hasher = new ChunkHasher();
      for (int chunk = 0; chunk < CHUNKS; chunk++) {
        if (!hasher.matches(memory, chunk, CHUNK_BYTES, hashes)) {
          throw new IllegalStateException(
              "the same bytes give two hashes: this machine's memory is faulty");
        }
      }
    }
  }
}
