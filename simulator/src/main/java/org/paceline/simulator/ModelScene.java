// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.core.scene.SceneEditor;
import org.paceline.core.scene.SceneEntry.Sort;

/** A renderer's scene: random buffers, edited at random, and what a device must make of them. */
final class ModelScene implements AutoCloseable {
  private static final int NAMES = 8;

  private record Buffer(BufferSpec spec, NativeMemory memory) {}

  private final SplittableRandom random;
  private final SceneEditor editor;
  private final long mostBytes;
  private final int chunkBytes;
  private final Map<String, Buffer> buffers = new LinkedHashMap<>();
  private final Map<String, Long> constants = new HashMap<>();
  private final Map<String, Long> structures = new HashMap<>();
  private final List<NativeMemory> memories = new ArrayList<>();
  private final List<NativeMemory> replaced = new ArrayList<>();
  private long totalBytes;

  /** A scene without anything, of at most {@code mostBytes}. */
  ModelScene(SplittableRandom random, SceneEditor editor, long mostBytes, int chunkBytes) {
    this.random = random;
    this.editor = editor;
    this.mostBytes = mostBytes;
    this.chunkBytes = chunkBytes;
    constant();
  }

  /** A step of a 64-bit hash. */
  static long mix(long hash, long value) {
    long h = (hash ^ value) * 0x9E3779B97F4A7C15L;
    return h ^ (h >>> 31);
  }

  /** What becomes of a constant or a description. */
  static long seedOf(String name, NativeMemory memory) {
    long seed = mix(name.hashCode(), memory.lengthBytes());
    long offset = 0;
    for (; offset + Long.BYTES <= memory.lengthBytes(); offset += Long.BYTES) {
      seed = mix(seed, memory.getLong(offset));
    }
    for (; offset < memory.lengthBytes(); offset++) {
      seed = mix(seed, memory.getByte(offset));
    }
    return seed;
  }

  /** What becomes of a buffer; what a device's own memory holds at first is nobody's promise. */
  static long seedOf(BufferSpec spec, NativeMemory memory) {
    return spec.kind() == BufferSpec.Kind.DEVICE_ONLY
        ? mix(spec.name().hashCode(), spec.lengthBytes())
        : seedOf(spec.name(), memory);
  }

  /** What a device makes of the whole scene. */
  long seed() {
    long seed = 0;
    for (Buffer buffer : buffers.values()) {
      seed += seedOf(buffer.spec(), buffer.memory());
    }
    for (long constant : constants.values()) {
      seed += 3 * constant;
    }
    for (long structure : structures.values()) {
      seed += 5 * structure;
    }
    return seed;
  }

  /** Makes it so large that a worker holds no other one like it. */
  void grow() {
    replace("ballast", 2 * mostBytes / 3, null);
  }

  /** Changes something; not before the last commit is done. */
  void edit() {
    int edits = 1 + random.nextInt(random.nextInt(3) == 0 ? 16 : 4);
    for (int i = 0; i < edits; i++) {
      String name = "buffer" + random.nextInt(NAMES);
      Buffer buffer = buffers.get(name);
      switch (random.nextInt(8)) {
        case 0 -> constant();
        case 1 -> structure();
        case 2 -> free(buffer);
        case 3 -> zero(name);
        case 4 -> deviceOnly("scratch" + random.nextInt(2));
        case 5 -> replace(name, anyLength(), anyBuffer());
        default -> {
          if (buffer == null) {
            replace(name, anyLength(), null);
          } else {
            replace(name, buffer.spec().lengthBytes(), buffer);
          }
        }
      }
    }
  }

  /** The last commit is done: whoever still reads what it replaced reads nonsense. */
  void committed() {
    for (NativeMemory memory : replaced) {
      for (long offset = 0; offset + Long.BYTES <= memory.lengthBytes(); offset += Long.BYTES) {
        memory.putLong(offset, ~memory.getLong(offset));
      }
    }
    replaced.clear();
  }

  private void constant() {
    try (NativeMemory value = filled(1 + random.nextInt(64))) {
      editor.copy(Sort.CONSTANT, "constant", value);
      constants.put("constant", seedOf("constant", value));
    }
  }

  private void structure() {
    try (NativeMemory value = filled(random.nextInt(2_000))) {
      editor.copy(Sort.BVH, "bvh", value);
      structures.put("bvh", seedOf("bvh", value));
    }
  }

  private void free(Buffer buffer) {
    if (buffer != null) {
      editor.free(buffer.spec().name());
      forget(buffer);
    }
  }

  private void zero(String name) {
    forget(buffers.get(name));
    long length = anyLength();
    NativeMemory memory = NativeMemory.allocateZeroed(length);
    BufferSpec spec = BufferSpec.global(name, length);
    remember(spec, memory);
    editor.allocate(spec, true);
  }

  private void deviceOnly(String name) {
    forget(buffers.get(name));
    long length = anyLength();
    NativeMemory memory = NativeMemory.allocate(0);
    BufferSpec spec = new BufferSpec(name, BufferSpec.Kind.DEVICE_ONLY, length, new byte[0]);
    remember(spec, memory);
    editor.allocate(spec, false);
  }

  /** A new content, of which a part is that of a model, if there is one. */
  private void replace(String name, long length, Buffer model) {
    forget(buffers.get(name));
    NativeMemory memory = filled(length);
    if (model != null) {
      long same = Math.min(length, model.memory().lengthBytes());
      memory.copyFrom(0, model.memory(), 0, same);
      for (int changes = random.nextInt(3); changes > 0 && same > 0; changes--) {
        memory.putByte(random.nextLong(same), (byte) random.nextInt());
      }
    }
    byte[] metadata = new byte[random.nextInt(3)];
    BufferSpec spec =
        new BufferSpec(
            name,
            random.nextBoolean() ? BufferSpec.Kind.GLOBAL : BufferSpec.Kind.TEXTURE,
            length,
            metadata);
    remember(spec, memory);
    editor.copyTo(spec, memory);
  }

  private Buffer anyBuffer() {
    List<Buffer> all = List.copyOf(buffers.values());
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }

  private long anyLength() {
    long free = mostBytes - totalBytes;
    long wanted = random.nextInt(4) == 0 ? random.nextLong(mostBytes / 2) : random.nextInt(9_000);
    // most lengths are odd ones, some are whole chunks
    return Math.max(0, Math.min(free, random.nextInt(3) == 0 ? wanted & -chunkBytes : wanted));
  }

  private NativeMemory filled(long length) {
    NativeMemory memory = NativeMemory.allocateZeroed(length);
    long value = random.nextLong();
    // chunks that are alike are found and copied; most aren't
    boolean alike = random.nextInt(8) == 0;
    for (long offset = 0; offset + Long.BYTES <= length; offset += Long.BYTES) {
      memory.putLong(offset, alike ? value : value * offset);
    }
    return memory;
  }

  private void remember(BufferSpec spec, NativeMemory memory) {
    memories.add(memory);
    buffers.put(spec.name(), new Buffer(spec, memory));
    totalBytes += spec.lengthBytes();
  }

  private void forget(Buffer buffer) {
    if (buffer != null) {
      buffers.remove(buffer.spec().name());
      replaced.add(buffer.memory());
      totalBytes -= buffer.spec().lengthBytes();
    }
  }

  @Override
  public void close() {
    memories.forEach(NativeMemory::close);
  }
}
