// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closed memory is nobody's. */
class NativeMemoryTest {
  private static final long BYTES = (64L << 20) + 100;

  private static final Map<String, Consumer<NativeMemory>> USES =
      Map.ofEntries(
          Map.entry("address", NativeMemory::address),
          Map.entry("getByte", memory -> memory.getByte(0)),
          Map.entry("putByte", memory -> memory.putByte(0, (byte) 1)),
          Map.entry("getInt", memory -> memory.getInt(0)),
          Map.entry("putInt", memory -> memory.putInt(0, 1)),
          Map.entry("getLong", memory -> memory.getLong(0)),
          Map.entry("putLong", memory -> memory.putLong(0, 1)),
          Map.entry("getFloat", memory -> memory.getFloat(0)),
          Map.entry("putFloat", memory -> memory.putFloat(0, 1)),
          Map.entry("zero", memory -> memory.zero(0, 8)),
          Map.entry("copyFrom itself", memory -> memory.copyFrom(0, memory, 8, 8)),
          Map.entry("getBytes", memory -> memory.getBytes(0, new byte[8], 0, 8)),
          Map.entry("putBytes", memory -> memory.putBytes(0, new byte[8], 0, 8)),
          Map.entry("slice", memory -> memory.slice(0, 8)),
          Map.entry("checkBounds", memory -> memory.checkBounds(0, 8)));

  @ParameterizedTest
  @ValueSource(longs = {16, BYTES})
  void everyUseAfterTheCloseThrows(long lengthBytes) {
    for (boolean shared : new boolean[] {false, true}) {
      NativeMemory memory =
          shared ? NativeMemory.allocateShared(lengthBytes) : NativeMemory.allocate(lengthBytes);
      NativeMemory view = memory.slice(0, 16);
      NativeMemory viewOfView = view.slice(0, 16);
      view.close();
      memory.putInt(0, 5);
      assertEquals(5, viewOfView.getInt(0), "closing a view does nothing");
      memory.close();
      memory.close();
      USES.forEach(
          (name, use) -> {
            assertThrows(IllegalStateException.class, () -> use.accept(memory), name);
            assertThrows(IllegalStateException.class, () -> use.accept(viewOfView), name);
          });
      try (NativeMemory other = NativeMemory.allocate(16)) {
        assertThrows(IllegalStateException.class, () -> other.copyFrom(0, memory, 0, 8));
      }
    }
  }

  @Test
  void everyMethodIsLookedAt() {
    List<String> harmless =
        List.of("allocate", "allocateShared", "allocateZeroed", "borrow", "copyOf", "close");
    for (Method method : NativeMemory.class.getDeclaredMethods()) {
      String name = method.getName();
      if (Modifier.isPublic(method.getModifiers())
          && !harmless.contains(name)
          && !name.equals("lengthBytes")) {
        assertTrue(USES.keySet().stream().anyMatch(use -> use.startsWith(name)), name);
      }
    }
  }

  @Test
  void readersBesideACloseSeeWhatWasThereOrAnException() throws Exception {
    for (int round = 0; round < 200; round++) {
      long length = round % 2 == 0 ? 8 << 20 : 4096;
      NativeMemory memory = NativeMemory.allocateShared(length);
      for (long at = 0; at < length; at += Float.BYTES) {
        memory.putFloat(at, 1);
      }
      NativeMemory view = memory.slice(4, length - 4);
      CountDownLatch reading = new CountDownLatch(2);
      ExecutorService readers = Executors.newFixedThreadPool(2);
      try {
        Future<Boolean> scalar = readers.submit(() -> onlyOnes(view, reading));
        byte[] bytes = new byte[4092];
        Future<Boolean> bulk =
            readers.submit(
                () -> {
                  reading.countDown();
                  while (true) {
                    view.getBytes(0, bytes, 0, bytes.length);
                    if (bytes[2] != (byte) 0x80 || bytes[4091] != 0x3f) {
                      return false;
                    }
                  }
                });
        reading.await();
        Thread.onSpinWait();
        memory.close();
        for (Future<Boolean> each : List.of(scalar, bulk)) {
          ExecutionException ended =
              assertThrows(ExecutionException.class, () -> each.get(30, TimeUnit.SECONDS));
          assertInstanceOf(IllegalStateException.class, ended.getCause());
        }
      } finally {
        readers.shutdownNow();
      }
    }
  }

  private static boolean onlyOnes(NativeMemory view, CountDownLatch reading) {
    reading.countDown();
    Random random = new Random(1);
    int floats = (int) (view.lengthBytes() / Float.BYTES);
    while (view.getFloat(4L * random.nextInt(floats)) == 1) {
      // until it throws
    }
    return false;
  }
}
