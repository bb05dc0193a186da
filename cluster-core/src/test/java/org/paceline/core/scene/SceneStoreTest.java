// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;

class SceneStoreTest {
  private static final int CHUNK = 4096;

  private final List<NativeMemory> memories = new ArrayList<>();
  private final SceneEditor editor = new SceneEditor(CHUNK);
  private final SceneCache cache = new SceneCache(100 * CHUNK);
  private final SceneStore store = new SceneStore(cache);

  @AfterEach
  void release() {
    store.retireAll();
    cache.close();
    editor.close();
    memories.forEach(NativeMemory::close);
  }

  @Test
  void coldStoreLacksEverythingAndVerifiesWhatLands() {
    buffer("a", 10 * CHUNK + 5, 1);
    HostScene scene = load();
    assertArrayEquals(new int[] {0, 0, 11}, store.missing());
    land(scene);
    assertTrue(store.isComplete());
    assertEquals(0, store.missing().length);
  }

  @Test
  void damagedChunkIsFound() {
    buffer("a", 10 * CHUNK, 1);
    HostScene scene = load();
    NativeMemory region = store.buffers().get(0).memory();
    region.copyFrom(0, scene.memory(0), 0, 10 * CHUNK);
    region.putByte(3 * CHUNK + 7, (byte) ~region.getByte(3 * CHUNK + 7));
    assertArrayEquals(new int[] {0, 3, 1}, store.verify(0, 0, 10));
    assertFalse(store.isComplete());
  }

  @Test
  void editWantsOnlyChangedChunks() {
    NativeMemory a = buffer("a", 10 * CHUNK, 1);
    buffer("b", 2 * CHUNK, 2);
    land(load());
    a.putInt(4 * CHUNK, -1);
    a.putInt(5 * CHUNK, -1);
    a.putInt(8 * CHUNK, -1);
    editor.copyTo(BufferSpec.global("a", 10 * CHUNK), a);
    load();
    assertArrayEquals(new int[] {0, 4, 2, 0, 8, 1}, store.missing());
  }

  @Test
  void grownBufferCopiesWhatItHad() {
    buffer("a", 10 * CHUNK, 1);
    land(load());
    buffer("a", 12 * CHUNK, 1);
    load();
    assertArrayEquals(new int[] {0, 10, 2}, store.missing());
  }

  @Test
  void renamedBufferIsTakenOverInPlace() {
    NativeMemory a = buffer("a", 10 * CHUNK, 1);
    land(load());
    NativeMemory before = store.buffers().get(0).memory();
    editor.free("a");
    editor.copyTo(BufferSpec.global("z", 10 * CHUNK), a);
    load();
    load();
    assertTrue(store.isComplete());
    assertEquals(before.getInt(0), store.buffers().get(0).memory().getInt(0));
  }

  @Test
  void formerSceneIsKeptWhileItFits() {
    NativeMemory a = buffer("a", 40 * CHUNK, 1);
    land(load());
    NativeMemory region = store.buffers().get(0).memory();
    editor.free("a");
    buffer("b", 40 * CHUNK, 2);
    land(load());
    editor.free("b");
    editor.copyTo(BufferSpec.global("a", 40 * CHUNK), a);
    load();
    assertTrue(store.isComplete());
    assertSame(region, store.buffers().get(0).memory());
  }

  @Test
  void budgetEvictsFormerScenesAndThenRefuses() {
    buffer("a", 60 * CHUNK, 1);
    land(load());
    editor.free("a");
    buffer("b", 60 * CHUNK, 2);
    land(load());
    assertEquals(60 * CHUNK, cache.usedBytes());
    editor.free("b");
    buffer("c", 101 * CHUNK, 3);
    assertThrows(SceneTooLargeException.class, this::load);
  }

  @Test
  void whatMayHaveBeenOverwrittenIsCheckedBeforeOthersGetIt() {
    buffer("a", 10 * CHUNK, 1);
    HostScene scene = load();
    store.doubt();
    land(scene);
    NativeMemory region = store.buffers().get(0).memory();
    region.putByte(3 * CHUNK + 7, (byte) ~region.getByte(3 * CHUNK + 7));
    store.retireAll();
    SceneStore other = new SceneStore(cache);
    other.prepare(new Manifest(scene.generation(), CHUNK, scene.entries()));
    assertArrayEquals(new int[] {0, 3, 1}, other.missing());
    other.retireAll();
  }

  @Test
  void zeroAndUndefinedBuffersNeedNoTransfer() {
    editor.allocate(BufferSpec.global("zero", 3 * CHUNK), true);
    editor.allocate(BufferSpec.global("scratch", CHUNK), false);
    load();
    assertTrue(store.isComplete());
    assertEquals(0, store.buffers().get(0).memory().getInt(2 * CHUNK));
  }

  private NativeMemory buffer(String name, int length, int seed) {
    NativeMemory memory = NativeMemory.allocate(length);
    memories.add(memory);
    for (int i = 0; i + 4 <= length; i += 4) {
      memory.putInt(i, seed * 1_000_003 + i);
    }
    editor.copyTo(BufferSpec.global(name, length), memory);
    return memory;
  }

  private HostScene load() {
    HostScene scene = editor.commit();
    store.prepare(new Manifest(scene.generation(), CHUNK, scene.entries()));
    return scene;
  }

  private void land(HostScene scene) {
    int[] missing = store.missing();
    for (int i = 0; i < missing.length; i += 3) {
      NativeMemory region = store.buffers().get(missing[i]).memory();
      NativeMemory source = scene.memory(missing[i]);
      long offset = (long) missing[i + 1] * CHUNK;
      long length = Math.min((long) missing[i + 2] * CHUNK, source.lengthBytes() - offset);
      region.copyFrom(offset, source, offset, length);
      assertEquals(0, store.verify(missing[i], missing[i + 1], missing[i + 2]).length);
    }
  }
}
