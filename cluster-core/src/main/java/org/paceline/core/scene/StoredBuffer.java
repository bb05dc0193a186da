// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.BitSet;
import org.paceline.api.NativeMemory;

/**
 * An entry's bytes on a worker: memory that is written by the host and read by the device in place,
 * and which chunks of it have been verified.
 */
public final class StoredBuffer {
  private SceneEntry entry;
  private final NativeMemory memory;
  private final BitSet present;
  private int missing;
  private boolean released;

  StoredBuffer(SceneEntry entry, NativeMemory memory) {
    this.entry = entry;
    this.memory = memory;
    this.present = new BitSet(entry.chunks());
    this.missing = entry.chunks();
  }

  /** What it holds. */
  public SceneEntry entry() {
    return entry;
  }

  /** The region. */
  public NativeMemory memory() {
    return memory;
  }

  /** Chunks that are not verified yet. */
  public int missing() {
    return missing;
  }

  void release() {
    released = true;
    memory.close();
  }

  boolean isReleased() {
    return released;
  }

  boolean has(int chunk) {
    return present.get(chunk);
  }

  void markPresent(int chunk) {
    if (!present.get(chunk)) {
      present.set(chunk);
      missing--;
    }
  }

  void markMissing(int chunk) {
    if (present.get(chunk)) {
      present.clear(chunk);
      missing++;
    }
  }

  /** Takes a new content of the same length: what is equal stays. */
  void becomes(SceneEntry next) {
    missing = next.chunks();
    for (int chunk = 0; chunk < next.chunks(); chunk++) {
      boolean kept =
          chunk < entry.chunks()
              && present.get(chunk)
              && sameHash(entry.hashes(), next.hashes(), chunk);
      present.set(chunk, kept);
      missing -= kept ? 1 : 0;
    }
    entry = next;
  }

  private static boolean sameHash(long[] a, long[] b, int chunk) {
    return a[2 * chunk] == b[2 * chunk] && a[2 * chunk + 1] == b[2 * chunk + 1];
  }
}
