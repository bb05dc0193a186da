// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import org.paceline.api.NativeMemory;

/** Has the hash compiled before a scene waits for it. */
public final class HashWarmUp {
  private static final int CHUNK_BYTES = 64 << 10;

  /** In all, what huge pages are asked for; more would be slow to get from the system. */
  private static final int CHUNKS = 64;

  private static final int ROUNDS = 4;

  private HashWarmUp() {}

  /** Hashes a few megabytes again and again. */
  public static void run() {
    try (NativeMemory memory = NativeMemory.allocateZeroed((long) CHUNK_BYTES * CHUNKS)) {
      ChunkHasher hasher = new ChunkHasher();
      for (int round = 0; round < ROUNDS; round++) {
        long[] hashes = ChunkHasher.hashAll(memory, CHUNK_BYTES);
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
          if (!hasher.matches(memory, chunk, CHUNK_BYTES, hashes)) {
            throw new IllegalStateException(
                "the same bytes give two hashes: this machine's memory is faulty");
          }
        }
      }
    }
  }
}
