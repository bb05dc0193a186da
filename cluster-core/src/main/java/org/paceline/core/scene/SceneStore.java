// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.paceline.core.protocol.Content;

/**
 * The buffers of the generation that a session has on its worker; older ones go to the worker's
 * cache.
 *
 * <p>Belongs to one thread at a time; the worker's session and its device thread take turns.
 */
public final class SceneStore {
  private final SceneCache cache;
  private List<StoredBuffer> current = new ArrayList<>();
  private final Map<SceneEntry.Key, StoredBuffer> byKey = new HashMap<>();
  private int chunkBytes;
  private boolean inDoubt;
  private final ChunkHasher hasher = new ChunkHasher();

  /** An empty store. */
  public SceneStore(SceneCache cache) {
    this.cache = cache;
  }

  /** The current generation's buffers, by entry index. */
  public List<StoredBuffer> buffers() {
    return current;
  }

  /** See {@link SceneCache#trim}. */
  public void trimCache() {
    cache.trim();
  }

  /** Nothing is current any more; the cache keeps what it has room for. */
  public void retireAll() {
    settleDoubt();
    current.forEach(buffer -> cache.retire(buffer, chunkBytes));
    current = new ArrayList<>();
    byKey.clear();
  }

  /**
   * Makes room for a manifest, reusing what is here: a buffer of the same name and length is kept
   * in place, one of the same content is taken over, single chunks are copied.
   *
   * @throws SceneTooLargeException if it doesn't fit, the cache evicted
   */
  public void prepare(Manifest manifest) {
    settleDoubt();
    if (manifest.chunkBytes() != chunkBytes) {
      retireAll();
      chunkBytes = manifest.chunkBytes();
    }
    cache.keepOnly(chunkBytes);
    Set<StoredBuffer> taken = new LinkedHashSet<>();
    StoredBuffer[] next = new StoredBuffer[manifest.entries().size()];
    for (int i = 0; i < next.length; i++) {
      next[i] = adopt(manifest.entries().get(i), taken);
    }
    retireAllBut(taken);
    current = new ArrayList<>();
    Set<StoredBuffer> fresh = new HashSet<>();
    Map<ChunkHash, SceneCache.Location> chunks = null;
    try {
      for (int i = 0; i < next.length; i++) {
        SceneEntry entry = manifest.entries().get(i);
        if (next[i] == null) {
          chunks = chunks == null ? cache.index(taken) : chunks;
          next[i] = create(entry, chunks, byKey.get(entry.key()));
          fresh.add(next[i]);
        }
      }
    } catch (SceneTooLargeException e) {
      // nothing is lost: all of it is cache now, and can be evicted for the next scene
      Arrays.stream(next).filter(Objects::nonNull).forEach(current::add);
      retireAll();
      throw e;
    }
    for (int i = 0; i < next.length; i++) {
      SceneEntry entry = manifest.entries().get(i);
      boolean unchanged =
          next[i].entry().content() == Content.ZERO
              && next[i].entry().changedIn() == entry.changedIn()
              && !fresh.contains(next[i]);
      next[i].becomes(entry);
      if (entry.content() == Content.ZERO && !unchanged) {
        next[i].memory().zero(0, entry.lengthBytes());
      }
      current.add(next[i]);
    }
    byKey.clear();
    current.forEach(buffer -> byKey.put(buffer.entry().key(), buffer));
  }

  /** Whether the chunks here are of this size; if not, preparing drops them all. */
  public boolean hasChunksOf(int bytes) {
    return chunkBytes == bytes;
  }

  /** Whether an entry of the current generation has this content. */
  public boolean holds(SceneEntry entry) {
    StoredBuffer buffer = byKey.get(entry.key());
    if (buffer == null || entry.content() == Content.CHUNKS) {
      return buffer != null && buffer.entry().sameContent(entry);
    }
    return buffer.entry().content() == entry.content()
        && buffer.entry().lengthBytes() == entry.lengthBytes();
  }

  /** What is missing, as triples (entry index, first chunk, chunk count). */
  public int[] missing() {
    RangeList ranges = new RangeList();
    for (int index = 0; index < current.size(); index++) {
      StoredBuffer buffer = current.get(index);
      if (buffer.missing() > 0) {
        for (int chunk = 0; chunk < buffer.entry().chunks(); chunk++) {
          if (!buffer.has(chunk)) {
            ranges.add(index, chunk);
          }
        }
      }
    }
    return ranges.toArray();
  }

  /** Whether every chunk is here. */
  public boolean isComplete() {
    for (int i = 0; i < current.size(); i++) {
      if (current.get(i).missing() > 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Checks chunks that have landed against their hashes.
   *
   * @return those that are damaged, as triples
   */
  public int[] verify(int index, int firstChunk, int count) {
    StoredBuffer buffer = current.get(index);
    RangeList damaged = new RangeList();
    for (int chunk = firstChunk; chunk < firstChunk + count; chunk++) {
      if (buffer.has(chunk)) {
        continue;
      }
      if (hasher.matches(buffer.memory(), chunk, chunkBytes, buffer.entry().hashes())) {
        buffer.markPresent(chunk);
      } else {
        damaged.add(index, chunk);
      }
    }
    return damaged.toArray();
  }

  /** Until chunks are checked again, nobody else may rely on them: they may come twice. */
  public void doubt() {
    inDoubt = true;
  }

  /** Takes chunks for what they should be until they are checked again: in doubt only. */
  public void believe(int index, int firstChunk, int count) {
    for (int chunk = firstChunk; chunk < firstChunk + count; chunk++) {
      current.get(index).markPresent(chunk);
    }
  }

  private void settleDoubt() {
    if (inDoubt) {
      verifyAgain();
    }
  }

  /**
   * Checks once more what has been verified, on all cores: a chunk that comes twice may come
   * damaged the second time. What is damaged is missing again.
   *
   * @return whether nothing is
   */
  public boolean verifyAgain() {
    inDoubt = false;
    boolean whole = true;
    for (StoredBuffer buffer : current) {
      long[] wanted = buffer.entry().hashes();
      if (wanted.length > 0) {
        long[] found = ChunkHasher.hashAll(buffer.memory(), chunkBytes);
        for (int i = 0; i < wanted.length; i++) {
          if (found[i] != wanted[i]) {
            buffer.markMissing(i / 2);
            whole = false;
          }
        }
      }
    }
    return whole;
  }

  private StoredBuffer adopt(SceneEntry entry, Set<StoredBuffer> taken) {
    StoredBuffer sameName = byKey.get(entry.key());
    if (sameName != null && sameName.entry().sameContent(entry)) {
      return taken.add(sameName) ? sameName : null;
    }
    StoredBuffer kept = cache.find(entry, taken);
    if (kept != null) {
      taken.add(kept);
      return kept;
    }
    if (sameName != null
        && sameName.entry().lengthBytes() == entry.lengthBytes()
        && taken.add(sameName)) {
      return sameName;
    }
    return null;
  }

  private void retireAllBut(Set<StoredBuffer> taken) {
    cache.removeAll(taken);
    for (StoredBuffer buffer : current) {
      if (!taken.contains(buffer)) {
        cache.retire(buffer, chunkBytes);
      }
    }
  }

  private StoredBuffer create(
      SceneEntry entry, Map<ChunkHash, SceneCache.Location> chunks, StoredBuffer predecessor) {
    StoredBuffer buffer = cache.allocate(entry, predecessor);
    for (int chunk = 0; chunk < entry.chunks(); chunk++) {
      SceneCache.Location source =
          chunks.get(new ChunkHash(entry.hashes()[2 * chunk], entry.hashes()[2 * chunk + 1]));
      if (source != null && !source.buffer().isReleased()) {
        copyChunk(buffer, chunk, source);
      }
    }
    return buffer;
  }

  private void copyChunk(StoredBuffer target, int chunk, SceneCache.Location source) {
    long offset = (long) chunk * chunkBytes;
    long length = Math.min(chunkBytes, target.memory().lengthBytes() - offset);
    long sourceOffset = (long) source.chunk() * chunkBytes;
    // an equal hash of a shorter last chunk can't be, unless somebody forges one
    if (sourceOffset + length <= source.buffer().memory().lengthBytes()) {
      target.memory().copyFrom(offset, source.buffer().memory(), sourceOffset, length);
      target.markPresent(chunk);
    }
  }
}
