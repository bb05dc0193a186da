// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.Arrays;
import org.paceline.api.BufferSpec;
import org.paceline.core.protocol.Content;
import org.paceline.core.protocol.EntryKind;

/**
 * One line of a manifest: a scene buffer, a constant or an acceleration structure's description.
 *
 * @param key name, unique together with the sort of thing it names
 * @param kind what device call it becomes
 * @param content whether it has chunks at all
 * @param metadata for the device
 * @param lengthBytes size
 * @param changedIn generation in which the host last made the call
 * @param hashes two longs per chunk; empty unless the content is chunks
 */
public record SceneEntry(
    Key key,
    EntryKind kind,
    Content content,
    byte[] metadata,
    long lengthBytes,
    long changedIn,
    long[] hashes) {
  /** Most entries a manifest may have. */
  public static final int MAX_ENTRIES = 1 << 20;

  private static final int GENERATIONS_TOLD_APART = 1 << 11;

  /** Buffers, constants and acceleration structures have names of their own. */
  public enum Sort {
    /** {@code mem_copy_to} and friends. */
    BUFFER,
    /** {@code const_copy_to}. */
    CONSTANT,
    /** {@code build_bvh}. */
    BVH;

    static Sort of(EntryKind kind) {
      return switch (kind) {
        case CONSTANT -> CONSTANT;
        case BVH -> BVH;
        default -> BUFFER;
      };
    }
  }

  /** What an entry is called. */
  public record Key(Sort sort, String name) {}

  /**
   * The region that an entry's chunks are written into. Generations have regions of their own: what
   * was broadcast for the last one and comes late must not land in this one.
   */
  public static int regionId(long generation, int index) {
    return (int) (generation % GENERATIONS_TOLD_APART) * MAX_ENTRIES + index;
  }

  /** Chunks that {@code lengthBytes} make. */
  public static int chunkCount(long lengthBytes, int chunkBytes) {
    return Math.toIntExact((lengthBytes + chunkBytes - 1) / chunkBytes);
  }

  /** What the device is told. */
  public BufferSpec spec() {
    BufferSpec.Kind bufferKind =
        switch (kind) {
          case TEXTURE -> BufferSpec.Kind.TEXTURE;
          case DEVICE_ONLY -> BufferSpec.Kind.DEVICE_ONLY;
          default -> BufferSpec.Kind.GLOBAL;
        };
    return new BufferSpec(key.name(), bufferKind, lengthBytes, metadata);
  }

  /** Chunks that are sent. */
  public int chunks() {
    return hashes.length / 2;
  }

  boolean sameContent(SceneEntry other) {
    return content == Content.CHUNKS
        && other.content == Content.CHUNKS
        && lengthBytes == other.lengthBytes
        && Arrays.equals(hashes, other.hashes);
  }
}
