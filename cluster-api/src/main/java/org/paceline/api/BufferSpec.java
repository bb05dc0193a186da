// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.Arrays;
import java.util.Objects;

/**
 * Name, type and shape of a scene buffer, as Cycles' {@code device_memory} has them.
 *
 * @param name unique in the session, for example {@code tri_verts} or {@code tex_image_float4_003}
 * @param kind how the device binds it
 * @param lengthBytes size of the content; 0 is allowed
 * @param metadata what the renderer's device needs besides (element type, width, height, texture
 *     slot ...), opaque to the cluster, at most {@link #MAX_METADATA_BYTES}. Not copied: don't
 *     change it afterwards
 */
public record BufferSpec(String name, Kind kind, long lengthBytes, byte[] metadata) {
  /** Longest name in UTF-8 bytes. */
  public static final int MAX_NAME_BYTES = 256;

  /** Longest metadata. */
  public static final int MAX_METADATA_BYTES = 4096;

  /** How a device binds a buffer; the names are those of Cycles' memory types. */
  public enum Kind {
    /** An array that kernels find by its name. */
    GLOBAL,
    /** An image texture. */
    TEXTURE,
    /** Working memory that only the device writes. */
    DEVICE_ONLY
  }

  private static final byte[] NO_METADATA = {};

  /** Validates. */
  public BufferSpec {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(metadata, "metadata");
    checkName(name);
    if (lengthBytes < 0) {
      throw new IllegalArgumentException(
          "buffer " + name + ": lengthBytes=" + lengthBytes + " is negative");
    }
    if (metadata.length > MAX_METADATA_BYTES) {
      throw new IllegalArgumentException(
          "buffer " + name + ": metadata of " + metadata.length + " bytes > " + MAX_METADATA_BYTES);
    }
  }

  /** A global array without metadata. */
  public static BufferSpec global(String name, long lengthBytes) {
    return new BufferSpec(name, Kind.GLOBAL, lengthBytes, NO_METADATA);
  }

  static String checkName(String name) {
    if (name.isEmpty()
        || name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "a scene buffer's name must have 1 to " + MAX_NAME_BYTES + " bytes: '" + name + "'");
    }
    return name;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BufferSpec that
        && name.equals(that.name)
        && kind == that.kind
        && lengthBytes == that.lengthBytes
        && Arrays.equals(metadata, that.metadata);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, kind, lengthBytes, Arrays.hashCode(metadata));
  }

  @Override
  public String toString() {
    return name + " (" + kind + ", " + lengthBytes + " bytes)";
  }
}
