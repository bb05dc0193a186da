// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.stream.IntStream;
import org.paceline.api.NativeMemory;

/**
 * xxh128 (XXH3, <a href="https://github.com/Cyan4973/xxHash">xxHash</a>) of chunks: a checksum
 * against damage and an identity among scenes of friends, not a defence against forged collisions.
 * Belongs to one thread.
 */
final class ChunkHasher {
  private final long[] result = new long[2];

  /**
   * Hashes every chunk of {@code memory} into two longs each, on all cores: nothing can be sent
   * before this is done.
   */
  static long[] hashAll(NativeMemory memory, int chunkBytes) {
    int chunks = SceneEntry.chunkCount(memory.lengthBytes(), chunkBytes);
    long[] hashes = new long[2 * chunks];
    IntStream.range(0, chunks)
        .parallel()
        .forEach(
            chunk -> {
              long[] hash = new long[2];
              hash(memory, chunk, chunkBytes, hash);
              hashes[2 * chunk] = hash[0];
              hashes[2 * chunk + 1] = hash[1];
            });
    return hashes;
  }

  /** Whether a chunk's content is what {@code hashes} says. */
  boolean matches(NativeMemory memory, int chunk, int chunkBytes, long[] hashes) {
    hash(memory, chunk, chunkBytes, result);
    return result[0] == hashes[2 * chunk] && result[1] == hashes[2 * chunk + 1];
  }

  private static void hash(NativeMemory memory, int chunk, int chunkBytes, long[] result) {
    long offset = (long) chunk * chunkBytes;
    long length = Math.min(chunkBytes, memory.lengthBytes() - offset);
    memory.checkBounds(offset, length);
    Xxh128.hash(memory.address() + offset, length, result);
  }
}
