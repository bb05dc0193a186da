// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

/** A chunk's identity: its xxh128. */
record ChunkHash(long low, long high) {}
