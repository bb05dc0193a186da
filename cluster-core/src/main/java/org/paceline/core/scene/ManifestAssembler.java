// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.paceline.api.BufferSpec;
import org.paceline.core.protocol.ChunkHashesDecoder;
import org.paceline.core.protocol.Content;
import org.paceline.core.protocol.EntryKind;
import org.paceline.core.protocol.MessageReader;
import org.paceline.core.protocol.ProtocolException;
import org.paceline.core.protocol.SceneBeginDecoder;
import org.paceline.core.protocol.SceneEntryDecoder;

/**
 * Puts a manifest together from its messages. Nothing is allocated by a length that the budget
 * doesn't cover: a buffer larger than that is refused before its hashes are made room for.
 */
public final class ManifestAssembler {
  private static final int MIN_CHUNK_BYTES = 4096;
  private static final int MAX_CHUNK_BYTES = 64 << 20;
  private static final int MAX_CHUNKS = 1 << 24;
  private static final int ENTRY_BYTES = 256;
  private static final long MAX_MANIFEST_BYTES = 256L << 20;

  private final long budgetBytes;
  private final long generation;
  private final int entryCount;
  private final int chunkBytes;
  private final List<SceneEntry> entries = new ArrayList<>();
  private final Set<SceneEntry.Key> keys = new HashSet<>();
  private long totalBytes;
  private long manifestBytes;
  private long missingHashes;
  private int nextChunk;

  /** Starts with the first message. */
  public ManifestAssembler(SceneBeginDecoder begin, long budgetBytes) {
    this.budgetBytes = budgetBytes;
    generation = inRange("generation", begin.generation(), 1, Long.MAX_VALUE);
    entryCount = (int) inRange("entryCount", begin.entryCount(), 0, SceneEntry.MAX_ENTRIES);
    chunkBytes = (int) inRange("chunkBytes", begin.chunkBytes(), MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
  }

  /** The generation being assembled. */
  public long generation() {
    return generation;
  }

  /**
   * Adds an entry.
   *
   * @throws SceneTooLargeException if the worker's memory can't hold what was announced
   */
  public void add(SceneEntryDecoder decoder) {
    requireHashesOfLast();
    inRange("entry index", decoder.index(), entries.size(), entries.size());
    inRange("entry index", decoder.index(), 0, entryCount - 1);
    long length = inRange("lengthBytes", decoder.lengthBytes(), 0, Long.MAX_VALUE);
    long changedIn = inRange("changedIn", decoder.changedIn(), 1, generation);
    EntryKind kind = decoder.kind();
    Content content = decoder.content();
    if (kind == EntryKind.NULL_VAL || content == Content.NULL_VAL) {
      throw new ProtocolException("entry " + entries.size() + " is of an unknown kind");
    }
    byte[] name =
        new byte[(int) inRange("name length", decoder.nameLength(), 1, BufferSpec.MAX_NAME_BYTES)];
    decoder.getName(name, 0, name.length);
    byte[] metadata =
        new byte
            [(int)
                inRange(
                    "metadata length", decoder.metadataLength(), 0, BufferSpec.MAX_METADATA_BYTES)];
    decoder.getMetadata(metadata, 0, metadata.length);
    if (length > budgetBytes - totalBytes) {
      throw new SceneTooLargeException(
          "the scene needs more than this worker's "
              + (budgetBytes >> 20)
              + " MiB; raise worker --memory");
    }
    totalBytes += length;
    SceneEntry.Key key = new SceneEntry.Key(SceneEntry.Sort.of(kind), MessageReader.name(name));
    if (!keys.add(key)) {
      throw new ProtocolException("entry " + key.name() + " comes twice");
    }
    long wanted = content == Content.CHUNKS ? (length + chunkBytes - 1) / chunkBytes : 0;
    int chunks = (int) inRange("chunks", wanted, 0, MAX_CHUNKS);
    manifestBytes += ENTRY_BYTES + name.length + metadata.length + 2L * Long.BYTES * chunks;
    inRange("manifest bytes", manifestBytes, 0, MAX_MANIFEST_BYTES);
    missingHashes = chunks;
    nextChunk = 0;
    entries.add(
        new SceneEntry(key, kind, content, metadata, length, changedIn, new long[2 * chunks]));
  }

  /** Adds hashes to the entry added last. */
  public void add(ChunkHashesDecoder decoder) {
    inRange("entry index of hashes", decoder.index(), entries.size() - 1, entries.size() - 1);
    inRange("entry index of hashes", decoder.index(), 0, entryCount - 1);
    inRange("first chunk", decoder.firstChunk(), nextChunk, nextChunk);
    long[] hashes = entries.get(entries.size() - 1).hashes();
    ChunkHashesDecoder.HashesDecoder group = decoder.hashes();
    inRange("hashes", group.count(), 1, missingHashes);
    while (group.hasNext()) {
      group.next();
      hashes[2 * nextChunk] = group.low();
      hashes[2 * nextChunk + 1] = group.high();
      nextChunk++;
      missingHashes--;
    }
  }

  /** Ends the manifest. */
  public Manifest finish(long endedGeneration) {
    requireHashesOfLast();
    inRange("generation", endedGeneration, generation, generation);
    inRange("entries", entries.size(), entryCount, entryCount);
    return new Manifest(generation, chunkBytes, List.copyOf(entries));
  }

  private void requireHashesOfLast() {
    if (missingHashes > 0) {
      throw new ProtocolException(
          missingHashes + " hashes are missing from entry " + (entries.size() - 1));
    }
  }
}
