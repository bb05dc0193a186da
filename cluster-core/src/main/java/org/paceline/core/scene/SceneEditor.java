// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.core.protocol.Content;
import org.paceline.core.protocol.EntryKind;
import org.paceline.core.scene.SceneEntry.Sort;

/**
 * Collects a host's device calls and turns them into generations. Belongs to one thread.
 *
 * <p>Constants and descriptions are copied when given; {@link #commit} hands back the copies that a
 * new generation no longer needs, to be released once nothing sends from them.
 */
public final class SceneEditor implements AutoCloseable {
  private static final class Slot {
    private SceneEntry entry;
    private NativeMemory memory;
    private boolean owned;
    private boolean hashed;
  }

  private final Map<SceneEntry.Key, Slot> slots = new LinkedHashMap<>();
  private final List<NativeMemory> superseded = new ArrayList<>();
  private final int chunkBytes;
  private long generation;

  /** An empty scene. */
  public SceneEditor(int chunkBytes) {
    this.chunkBytes = chunkBytes;
  }

  /** The generation committed last; 0 before the first. */
  public long generation() {
    return generation;
  }

  /** A buffer with undefined content or zeros. */
  public void allocate(BufferSpec spec, boolean zero) {
    put(Sort.BUFFER, spec, kindOf(spec), zero ? Content.ZERO : Content.UNDEFINED, null, false);
  }

  /** A buffer whose bytes are sent from where they are. */
  public void copyTo(BufferSpec spec, NativeMemory source) {
    if (source.lengthBytes() != spec.lengthBytes()) {
      throw new IllegalArgumentException(
          spec + ": source has " + source.lengthBytes() + " bytes, expected " + spec.lengthBytes());
    }
    put(Sort.BUFFER, spec, kindOf(spec), Content.CHUNKS, source, false);
  }

  /** A constant or a description; copied. */
  public void copy(Sort sort, String name, NativeMemory value) {
    NativeMemory copy = NativeMemory.allocate(value.lengthBytes());
    copy.copyFrom(0, value, 0, value.lengthBytes());
    EntryKind kind = sort == Sort.CONSTANT ? EntryKind.CONSTANT : EntryKind.BVH;
    put(sort, BufferSpec.global(name, value.lengthBytes()), kind, Content.CHUNKS, copy, true);
  }

  /** A buffer goes. */
  public void free(String name) {
    Slot slot = slots.remove(new SceneEntry.Key(Sort.BUFFER, name));
    if (slot == null) {
      throw new IllegalArgumentException("no scene buffer '" + name + "' to free");
    }
    retire(slot);
  }

  /** Hashes what changed and makes the next generation. */
  public HostScene commit() {
    generation++;
    List<SceneEntry> entries = new ArrayList<>(slots.size());
    List<NativeMemory> memories = new ArrayList<>(slots.size());
    for (Slot slot : slots.values()) {
      if (!slot.hashed) {
        hash(slot);
      }
      entries.add(slot.entry);
      memories.add(slot.memory);
    }
    return new HostScene(
        generation,
        chunkBytes,
        Collections.unmodifiableList(entries),
        Collections.unmodifiableList(memories));
  }

  /** Copies that generations before the last one used; the caller closes them. */
  public List<NativeMemory> takeSuperseded() {
    List<NativeMemory> taken = new ArrayList<>(superseded);
    superseded.clear();
    return taken;
  }

  @Override
  public void close() {
    slots.values().forEach(this::retire);
    slots.clear();
    takeSuperseded().forEach(NativeMemory::close);
  }

  private void put(
      Sort sort,
      BufferSpec spec,
      EntryKind kind,
      Content content,
      NativeMemory memory,
      boolean owned) {
    SceneEntry.Key key = new SceneEntry.Key(sort, spec.name());
    if (slots.size() == SceneEntry.MAX_ENTRIES && !slots.containsKey(key)) {
      throw new IllegalStateException("more than " + SceneEntry.MAX_ENTRIES + " scene buffers");
    }
    Slot slot = slots.computeIfAbsent(key, none -> new Slot());
    retire(slot);
    slot.entry =
        new SceneEntry(
            key,
            kind,
            content,
            Arrays.copyOf(spec.metadata(), spec.metadata().length),
            spec.lengthBytes(),
            generation + 1,
            new long[0]);
    slot.memory = memory;
    slot.owned = owned;
    slot.hashed = content != Content.CHUNKS;
  }

  private void hash(Slot slot) {
    SceneEntry entry = slot.entry;
    slot.entry =
        new SceneEntry(
            entry.key(),
            entry.kind(),
            entry.content(),
            entry.metadata(),
            entry.lengthBytes(),
            entry.changedIn(),
            ChunkHasher.hashAll(slot.memory, chunkBytes));
    slot.hashed = true;
  }

  private void retire(Slot slot) {
    if (slot.owned) {
      superseded.add(slot.memory);
    }
    slot.owned = false;
  }

  private static EntryKind kindOf(BufferSpec spec) {
    return switch (spec.kind()) {
      case GLOBAL -> EntryKind.GLOBAL;
      case TEXTURE -> EntryKind.TEXTURE;
      case DEVICE_ONLY -> EntryKind.DEVICE_ONLY;
    };
  }
}
