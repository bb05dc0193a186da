// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;

class PreparedMemoryTest {
  private static final long MIB = 1 << 20;
  private static final long WANTED = 64 * MIB;
  private static final long PLENTY = 1024 * MIB;

  private boolean roomy = true;
  private final PreparedMemory memory = new PreparedMemory(WANTED, () -> roomy);

  @AfterEach
  void release() {
    memory.close();
  }

  @Test
  void nothingIsThereBeforeItIsPrepared() {
    assertNull(memory.take(4 * MIB));
    prepare(PLENTY);
    assertEquals(WANTED, memory.readyBytes());
    assertNotNull(memory.take(WANTED));
    assertEquals(0, memory.readyBytes());
  }

  @Test
  void aScenesMemoryServesTheNext() {
    prepare(PLENTY);
    NativeMemory first = memory.take(WANTED - 1);
    memory.giveBack(first);
    assertEquals(first.address(), memory.take(WANTED).address());
  }

  @Test
  void memoryFromElsewhereIsNotTaken() {
    prepare(PLENTY);
    try (NativeMemory other = NativeMemory.allocate(4 * MIB)) {
      memory.giveBack(other);
      assertEquals(WANTED, memory.readyBytes());
    }
  }

  @Test
  void moreIsPreparedOnceMostIsTaken() {
    prepare(PLENTY);
    memory.take(WANTED / 4);
    prepare(PLENTY);
    assertEquals(WANTED * 3 / 4, memory.readyBytes());
    memory.take(WANTED / 2);
    prepare(PLENTY);
    assertEquals(WANTED * 5 / 4, memory.readyBytes());
    assertNotNull(memory.take(WANTED));
  }

  @Test
  void noMoreIsPreparedThanMayBe() {
    prepare(WANTED / 2);
    assertEquals(WANTED / 2, memory.readyBytes());
    roomy = false;
    prepare(PLENTY);
    assertEquals(WANTED / 2, memory.readyBytes());
    roomy = true;
    prepare(PLENTY);
    assertEquals(WANTED, memory.readyBytes());
  }

  @Test
  void whatWasGivenToTheSystemIsPreparedAgain() {
    prepare(PLENTY);
    NativeMemory taken = memory.take(8 * MIB);
    taken.putLong(0, 42);
    memory.keepReady(6 * MIB);
    assertEquals(6 * MIB, memory.readyBytes());
    assertEquals(42, taken.getLong(0));
    prepare(PLENTY);
    assertEquals(WANTED - 8 * MIB, memory.readyBytes());
  }

  @Test
  void noTwoBuffersShareMemory() {
    SplittableRandom random = new SplittableRandom(1);
    List<NativeMemory> taken = new ArrayList<>();
    int takes = 0;
    for (int step = 0; step < 2_000; step++) {
      NativeMemory next = memory.take(random.nextLong(2 * MIB, WANTED / 2));
      if (next != null) {
        takes++;
        next.putLong(0, next.address());
        next.putLong(next.lengthBytes() - Long.BYTES, next.address());
        taken.add(next);
      } else if (!taken.isEmpty()) {
        NativeMemory last = taken.remove(random.nextInt(taken.size()));
        assertEquals(last.address(), last.getLong(0));
        assertEquals(last.address(), last.getLong(last.lengthBytes() - Long.BYTES));
        memory.giveBack(last);
      }
      memory.prepareSome(2 * WANTED);
      if (random.nextInt(20) == 0) {
        memory.keepReady(random.nextLong(WANTED));
      }
    }
    assertTrue(takes > 500, takes + " were taken");
  }

  @Test
  void aSceneThatNeedsTheWholeBudgetGetsIt() {
    SceneEditor editor = new SceneEditor(1 << 20);
    SceneCache cache = new SceneCache(WANTED, new PreparedMemory(WANTED, () -> true));
    SceneStore store = new SceneStore(cache);
    try (NativeMemory small = NativeMemory.allocate(MIB);
        NativeMemory large = NativeMemory.allocateZeroed(WANTED - MIB)) {
      boolean more = true;
      while (more) {
        more = cache.prepareSome();
      }
      assertEquals(WANTED, cache.preparedBytes());
      // too small for prepared memory, so that the large one doesn't fit beside what is ready
      editor.copyTo(BufferSpec.global("small", small.lengthBytes()), small);
      editor.copyTo(BufferSpec.global("large", large.lengthBytes()), large);
      HostScene scene = editor.commit();
      store.prepare(new Manifest(scene.generation(), 1 << 20, scene.entries()));
      assertEquals(WANTED, cache.usedBytes());
      assertEquals(0, cache.preparedBytes());
      assertFalse(cache.prepareSome());
    } finally {
      store.retireAll();
      cache.close();
      editor.close();
    }
  }

  private void prepare(long mostBytes) {
    boolean more = true;
    while (more) {
      more = memory.prepareSome(mostBytes);
    }
  }
}
