// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import org.agrona.collections.Int2ObjectHashMap;
import org.paceline.api.NativeMemory;

/** The memory that a peer may write into, by region id. */
final class Regions {
  private final Int2ObjectHashMap<NativeMemory> memories = new Int2ObjectHashMap<>();

  void register(int regionId, NativeMemory memory) {
    if (memories.putIfAbsent(regionId, memory) != null) {
      throw new IllegalArgumentException("region " + regionId + " is already registered");
    }
  }

  void unregister(int regionId) {
    memories.remove(regionId);
  }

  /** The region's memory, or null if there is none. */
  NativeMemory find(int regionId) {
    return memories.get(regionId);
  }

  void clear() {
    memories.clear();
  }
}
