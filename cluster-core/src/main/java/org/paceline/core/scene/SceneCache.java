// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.paceline.api.NativeMemory;

/**
 * The memory that a worker gives to scenes: the sum of what its {@link SceneStore}s hold, and the
 * buffers that none of them needs any more, kept while the budget allows. Survives sessions, so a
 * scene that comes again costs its manifest only.
 *
 * <p>Belongs to the device's thread; what it has used may be asked from anywhere.
 */
public final class SceneCache implements AutoCloseable {
  /** A chunk of a buffer. */
  record Location(StoredBuffer buffer, int chunk) {}

  private final long budgetBytes;
  private final LongFunction<NativeMemory> allocator;
  private final ArrayDeque<StoredBuffer> retired = new ArrayDeque<>();
  private int chunkBytes;
  private volatile long usedBytes;
  private LongSupplier othersBytes = () -> 0;

  /** An empty cache of stores that allocate at most {@code budgetBytes} together. */
  public SceneCache(long budgetBytes) {
    this(budgetBytes, NativeMemory::allocate);
  }

  /**
   * The same with memory from elsewhere.
   *
   * @param allocator makes memory of so many bytes, with any content
   */
  public SceneCache(long budgetBytes, LongFunction<NativeMemory> allocator) {
    this.budgetBytes = budgetBytes;
    this.allocator = allocator;
  }

  /** Others have a part of the budget: buffers that nobody needs give way to it. */
  public void shareWith(LongSupplier others) {
    othersBytes = others;
  }

  /** Lets go of kept buffers, as far as others need their memory. */
  public void trim() {
    evict(0);
  }

  /** Bytes allocated. */
  public long usedBytes() {
    return usedBytes;
  }

  /** Hashes of other chunk sizes have nothing in common with those to come: drops such buffers. */
  void keepOnly(int ofChunkBytes) {
    if (chunkBytes != ofChunkBytes) {
      evict(Long.MAX_VALUE);
      chunkBytes = ofChunkBytes;
    }
  }

  /** Keeps a buffer for whoever may want its content. */
  void retire(StoredBuffer buffer, int ofChunkBytes) {
    if (ofChunkBytes == chunkBytes) {
      retired.addLast(buffer);
    } else {
      release(buffer);
    }
  }

  /** A kept buffer of that content that isn't taken already, or null; it stays here. */
  StoredBuffer find(SceneEntry entry, Set<StoredBuffer> taken) {
    for (StoredBuffer candidate : retired) {
      if (candidate.entry().sameContent(entry) && !taken.contains(candidate)) {
        return candidate;
      }
    }
    return null;
  }

  /** Somebody uses these again. */
  void removeAll(Set<StoredBuffer> taken) {
    retired.removeIf(taken::contains);
  }

  /** Where chunks are: in the buffers that are kept, and in others. */
  Map<ChunkHash, Location> index(Collection<StoredBuffer> others) {
    Map<ChunkHash, Location> chunks = new HashMap<>();
    retired.forEach(buffer -> index(buffer, chunks));
    others.forEach(buffer -> index(buffer, chunks));
    return chunks;
  }

  private static void index(StoredBuffer buffer, Map<ChunkHash, Location> chunks) {
    long[] hashes = buffer.entry().hashes();
    for (int chunk = 0; chunk < buffer.entry().chunks(); chunk++) {
      if (buffer.has(chunk)) {
        chunks.put(
            new ChunkHash(hashes[2 * chunk], hashes[2 * chunk + 1]), new Location(buffer, chunk));
      }
    }
  }

  /**
   * Memory for an entry.
   *
   * @param predecessor what went by the entry's name lately, or null: the likeliest source of equal
   *     chunks, so it is evicted last
   * @throws SceneTooLargeException if it doesn't fit even with nothing kept
   */
  StoredBuffer allocate(SceneEntry entry, StoredBuffer predecessor) {
    if (predecessor != null && retired.remove(predecessor)) {
      retired.addLast(predecessor);
    }
    evict(entry.lengthBytes());
    if (entry.lengthBytes() > budgetBytes - usedBytes) {
      throw new SceneTooLargeException(
          entry.key().name()
              + " of "
              + (entry.lengthBytes() >> 20)
              + " MiB doesn't fit: "
              + (usedBytes >> 20)
              + " of "
              + (budgetBytes >> 20)
              + " MiB are taken; raise worker --memory");
    }
    NativeMemory memory = memory(entry);
    changeUse(entry.lengthBytes());
    return new StoredBuffer(entry, memory);
  }

  private NativeMemory memory(SceneEntry entry) {
    try {
      return allocator.apply(entry.lengthBytes());
    } catch (OutOfMemoryError e) {
      throw new SceneTooLargeException(
          "this machine has no "
              + (entry.lengthBytes() >> 20)
              + " MiB left for "
              + entry.key().name());
    }
  }

  private void evict(long neededBytes) {
    while (!retired.isEmpty() && neededBytes > budgetBytes - usedBytes - othersBytes.getAsLong()) {
      release(retired.removeFirst());
    }
  }

  private void release(StoredBuffer buffer) {
    changeUse(-buffer.memory().lengthBytes());
    buffer.release();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  private void changeUse(long byBytes) {
    usedBytes += byBytes;
  }

  /** Frees what is kept; stores must have retired theirs. */
  @Override
  public void close() {
    evict(Long.MAX_VALUE);
  }
}
