// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.List;
import org.paceline.api.NativeMemory;

/**
 * One committed generation on the host: the manifest, and where the bytes are. Immutable.
 *
 * @param generation 1 for the first
 * @param chunkBytes chunk size
 * @param entries the manifest
 * @param memories the entries' bytes; null where an entry has no chunks
 */
public record HostScene(
    long generation, int chunkBytes, List<SceneEntry> entries, List<NativeMemory> memories) {}
