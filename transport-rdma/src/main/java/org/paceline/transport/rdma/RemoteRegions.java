// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.util.Arrays;
import org.agrona.collections.Int2ObjectHashMap;

/** Where the peer lets this side write, as far as it has told. It may lie, but only to its harm. */
final class RemoteRegions {
  /** More than a scene has by far; each costs some bytes here. */
  static final int MAX_REGIONS = 1 << 18;

  /** One region of the peer; its keys come piece by piece. */
  static final class Region {
    private final long address;
    private final long lengthBytes;
    private int[] keys = new int[1];
    private int keyCount;

    private Region(long address, long lengthBytes) {
      this.address = address;
      this.lengthBytes = lengthBytes;
    }

    boolean contains(long offset, long length) {
      return offset >= 0 && length >= 0 && offset <= lengthBytes - length;
    }

    long addressOf(long offset) {
      return address + offset;
    }

    /** Whether the key for the piece at this offset is known. */
    boolean hasKey(long offset) {
      return offset / Frame.PIECE_BYTES < keyCount;
    }

    int key(long offset) {
      return keys[(int) (offset / Frame.PIECE_BYTES)];
    }

    private void add(int key) {
      if (keyCount == keys.length) {
        keys = Arrays.copyOf(keys, 2 * keyCount);
      }
      keys[keyCount++] = key;
    }
  }

  private final Int2ObjectHashMap<Region> regions = new Int2ObjectHashMap<>();
  private int revoked;

  /** What is wrong with this announcement, or null. */
  String announce(int regionId, long address, long lengthBytes) {
    if (lengthBytes < 0 || Long.compareUnsigned(address + lengthBytes, address) < 0) {
      return "it announced region " + regionId + " of " + lengthBytes + " bytes";
    }
    if (regions.size() == MAX_REGIONS) {
      return "it announced more than " + MAX_REGIONS + " regions";
    }
    if (regions.putIfAbsent(regionId, new Region(address, lengthBytes)) != null) {
      return "it announced region " + regionId + " twice";
    }
    return null;
  }

  /** What is wrong with this key, or null. */
  String key(int regionId, int piece, int key) {
    Region region = regions.get(regionId);
    if (region == null) {
      return "it sent a key of region " + regionId + ", which it did not announce";
    }
    if (piece != region.keyCount || piece >= Frame.pieces(region.lengthBytes)) {
      return "it sent a key of piece "
          + piece
          + " of region "
          + regionId
          + ", which has "
          + region.keyCount
          + " keys and "
          + region.lengthBytes
          + " bytes";
    }
    region.add(key);
    return null;
  }

  /** What is wrong with this revocation, or null. */
  String revoke(int regionId) {
    if (regions.remove(regionId) == null) {
      return "it revoked region " + regionId + ", which it did not announce";
    }
    revoked++;
    return null;
  }

  /** Revocations so far. */
  int revoked() {
    return revoked;
  }

  /** The region, or null if there is none. */
  Region find(int regionId) {
    return regions.get(regionId);
  }
}
