// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.List;

/**
 * A generation as a worker was told of it.
 *
 * @param generation what the host calls it
 * @param chunkBytes chunk size
 * @param entries its entries, by index
 */
public record Manifest(long generation, int chunkBytes, List<SceneEntry> entries) {
  /** Bytes that all entries take together. */
  public long totalBytes() {
    return entries.stream().mapToLong(SceneEntry::lengthBytes).sum();
  }
}
