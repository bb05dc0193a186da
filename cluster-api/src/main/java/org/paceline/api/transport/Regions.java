// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import org.agrona.collections.Int2ObjectHashMap;
import org.paceline.api.NativeMemory;

/**
 * The memory that a peer may write into, by region id, for transports that copy into it themselves.
 * For one thread.
 */
public final class Regions {
  private final Int2ObjectHashMap<NativeMemory> memories = new Int2ObjectHashMap<>();

  /**
   * Lets a peer write there.
   *
   * @throws IllegalArgumentException if the id is in use
   */
  public void register(int regionId, NativeMemory memory) {
    if (memories.putIfAbsent(regionId, memory) != null) {
      throw new IllegalArgumentException("region " + regionId + " is already registered");
    }
  }

  /** Takes that back; nothing happens if it isn't registered. */
  public void unregister(int regionId) {
    memories.remove(regionId);
  }

  /** The region's memory, or null if there is none. */
  public NativeMemory find(int regionId) {
    return memories.get(regionId);
  }

  /** Takes everything back. */
  public void clear() {
    memories.clear();
  }
}
