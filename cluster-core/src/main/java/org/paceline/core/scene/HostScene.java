// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.Arrays;
import java.util.List;
import org.paceline.api.NativeMemory;

/**
 * One committed generation on the host: the manifest, and where the bytes are. Immutable.
 *
 * <p>Its chunks are numbered through, entry after entry, so that a set of them is a set of numbers.
 */
public final class HostScene {
  private final long generation;
  private final int chunkBytes;
  private final List<SceneEntry> entries;
  private final List<NativeMemory> memories;
  private final int[] firstChunks;

  /**
   * A generation.
   *
   * @param generation 1 for the first
   * @param chunkBytes chunk size
   * @param entries the manifest
   * @param memories the entries' bytes; null where an entry has no chunks
   */
  HostScene(
      long generation, int chunkBytes, List<SceneEntry> entries, List<NativeMemory> memories) {
    this.generation = generation;
    this.chunkBytes = chunkBytes;
    this.entries = entries;
    this.memories = memories;
    firstChunks = new int[entries.size() + 1];
    for (int i = 0; i < entries.size(); i++) {
      firstChunks[i + 1] = Math.addExact(firstChunks[i], entries.get(i).chunks());
    }
  }

  /** 1 for the first. */
  public long generation() {
    return generation;
  }

  /** Chunk size. */
  public int chunkBytes() {
    return chunkBytes;
  }

  /** The manifest. */
  public List<SceneEntry> entries() {
    return entries;
  }

  /** An entry's bytes. */
  public NativeMemory memory(int entry) {
    return memories.get(entry);
  }

  /** Number of an entry's first chunk; for the entry after the last, how many there are. */
  public int firstChunk(int entry) {
    return firstChunks[entry];
  }

  /** The entry that a chunk belongs to. */
  public int entryOf(int chunk) {
    int found = Arrays.binarySearch(firstChunks, chunk);
    if (found < 0) {
      return -found - 2;
    }
    // entries without chunks start where the next one does
    while (firstChunks[found + 1] == chunk) {
      found++;
    }
    return found;
  }
}
