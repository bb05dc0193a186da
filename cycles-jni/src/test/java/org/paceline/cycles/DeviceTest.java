// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceException;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.device.RenderDeviceProvider;

/** The worker's device: units, cancelling, hostile input, several devices in one process. */
class DeviceTest {
  private static final CyclesSettings SETTINGS =
      CyclesSettings.withSamples(16).withSize(Scenes.WIDTH, Scenes.HEIGHT).withThreads(2);

  @BeforeAll
  static void nativeLibrary() {
    Native.require();
  }

  private static CyclesScene scene() {
    return scene(SETTINGS);
  }

  private static CyclesScene scene(CyclesSettings settings) {
    try (CyclesSceneBuilder builder = CyclesScene.builder(settings)) {
      Scenes.hair(builder, false, true);
      Scenes.octahedron(builder, "clay");
      builder.object(1, Scenes.at(0, 0, 5)).object(1, Scenes.sliding(1, 1, 6, 0.3f));
      return builder.build();
    }
  }

  @Test
  void isFoundAsAService() {
    RenderDeviceProvider provider =
        ServiceLoader.load(RenderDeviceProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("cycles"))
            .findFirst()
            .orElseThrow();
    assertEquals("", provider.unavailable());
    try (RenderDevice device = provider.open(new DeviceOptions(1, "auto"))) {
      assertEquals("cycles", device.identity().renderer());
      assertEquals(CyclesDevice.identityOfThisBuild(), device.identity());
      assertTrue(device.description().endsWith("1 thread"), device.description());
    }
  }

  @Test
  void kernelLevelIsOneForTheProcess() {
    try (CyclesDevice first = Native.device()) {
      assertFalse(first.description().isEmpty());
      assertThrows(
          CyclesException.class, () -> new CyclesDevice(new DeviceOptions(1, "sse2")).close());
      assertThrows(
          CyclesException.class, () -> new CyclesDevice(new DeviceOptions(1, "mmx")).close());
    }
  }

  @Test
  void rectanglesAndSampleRangesMakeTheWhole() {
    try (CyclesScene scene = scene();
        CyclesDevice one = Native.device();
        CyclesDevice other = new CyclesDevice(new DeviceOptions(1, "auto"));
        DirectSession whole = new DirectSession(one)) {
      scene.push(whole);
      int width = Scenes.WIDTH;
      int height = Scenes.HEIGHT;
      float[] all = BuilderTest.floats(whole.render(0, 0, width, height, 0, 16, 4));
      float[] early = BuilderTest.floats(whole.render(0, 0, width, height, 0, 8, 4));
      float[] late = BuilderTest.floats(whole.render(0, 0, width, height, 8, 8, 4));
      for (int i = 0; i < all.length; i++) {
        assertEquals(all[i], early[i] + late[i], 1e-4f * Math.max(1, all[i]));
      }
      try (CyclesScene again = scene();
          DirectSession part = new DirectSession(other)) {
        again.push(part);
        float[] tile = BuilderTest.floats(part.render(20, 10, 16, 8, 0, 8, 4));
        for (int y = 0; y < 8; y++) {
          for (int i = 0; i < 16 * 4; i++) {
            assertEquals(early[((10 + y) * width + 20) * 4 + i], tile[y * 16 * 4 + i]);
          }
        }
      }
    }
  }

  @Test
  @Timeout(60)
  void cancelEndsAnEndlessRender() throws Exception {
    try (CyclesScene scene = scene();
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device)) {
      scene.push(session);
      device.cancel();
      session.render(0, 0, 8, 8, 0, 1, 4).close();

      CompletableFuture<NativeMemory> endless =
          CompletableFuture.supplyAsync(
              () -> session.render(0, 0, Scenes.WIDTH, Scenes.HEIGHT, 0, 1 << 20, 4));
      // a cancel that comes before the render has begun does nothing
      while (!endless.isDone()) {
        device.cancel();
        Thread.onSpinWait();
      }
      assertNull(endless.get());
      session.render(0, 0, 8, 8, 0, 1, 4).close();
    }
  }

  @Test
  void impossibleUnitsAreRefused() {
    try (CyclesScene scene = scene();
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device);
        NativeMemory pass = NativeMemory.allocate(8 * 8 * 4 * 4)) {
      assertThrows(CyclesException.class, () -> render(device, 0, 0, 8, 8, 0, 1, 4, pass));
      scene.push(session);
      assertTrue(render(device, 0, 0, 8, 8, 0, 1, 4, pass));
      assertThrows(CyclesException.class, () -> render(device, 0, 0, 8, 8, 0, 1, 9, pass));
      assertThrows(CyclesException.class, () -> render(device, 0, 0, 8, 9, 0, 1, 4, pass));
      assertThrows(CyclesException.class, () -> render(device, -1, 0, 8, 8, 0, 1, 4, pass));
      assertThrows(CyclesException.class, () -> render(device, 0, 0, 0, 8, 0, 1, 4, pass));
      assertThrows(CyclesException.class, () -> render(device, 0, 0, 8, 8, -1, 1, 4, pass));
      assertThrows(CyclesException.class, () -> render(device, 0, 0, 8, 8, 1 << 24, 1, 4, pass));
      assertThrows(
          CyclesException.class,
          () -> render(device, 0, Integer.MAX_VALUE - 8, 8, 8, 0, 1, 4, pass));
      assertThrows(CyclesException.class, () -> render(device, 0, 65_529, 8, 8, 0, 1, 4, pass));
      int beyond = Scenes.WIDTH - 7;
      assertThrows(CyclesException.class, () -> render(device, beyond, 0, 8, 8, 0, 1, 4, pass));
      device.reset();
      assertThrows(CyclesException.class, () -> render(device, 0, 0, 8, 8, 0, 1, 4, pass));
    }
  }

  private static boolean render(
      CyclesDevice device,
      int x,
      int y,
      int width,
      int height,
      int firstSample,
      int samples,
      int stride,
      NativeMemory pass) {
    return device.render(new WorkUnit(1, x, y, width, height, firstSample, samples), stride, pass);
  }

  @Test
  void theLastRowsOfTheLargestFilmAreRendered() {
    int side = 65_536;
    try (CyclesScene scene = scene(SETTINGS.withSize(side, side));
        CyclesDevice device = Native.device();
        DirectSession session = new DirectSession(device)) {
      scene.push(session);
      try (NativeMemory rows = session.render(0, side - 2, side, 2, 0, 1, 4);
          NativeMemory part = session.render(60_000, side - 2, 16, 2, 0, 1, 4)) {
        for (int y = 0; y < 2; y++) {
          for (int i = 0; i < 16 * 4; i++) {
            assertEquals(
                part.getFloat(4L * (y * 16 * 4 + i)),
                rows.getFloat(4L * ((y * (long) side + 60_000) * 4 + i)));
          }
        }
      }
    }
  }

  @Test
  void texturesWhosePixelsKernelsCannotIndexAreRefusedBeforeTheyArrive() {
    try (CyclesDevice device = Native.device()) {
      device.check(texture(46_340, 46_340, 46_340L * 46_340));
      DeviceException refused =
          assertThrows(
              DeviceException.class, () -> device.check(texture(46_342, 46_342, 46_342L * 46_342)));
      assertTrue(refused.getMessage().contains("46342x46342"), refused.getMessage());
      assertThrows(DeviceException.class, () -> device.check(texture(8, 8, 65)));
      assertThrows(DeviceException.class, () -> device.check(texture(8, 8, 63)));
      assertThrows(DeviceException.class, () -> device.check(texture(0, 8, 0)));
      assertThrows(DeviceException.class, () -> device.check(texture(-1, -1, 1)));
    }
  }

  /** A texture of one byte a pixel. */
  private static BufferSpec texture(int width, int height, long lengthBytes) {
    ByteBuffer metadata = ByteBuffer.allocate(136).order(ByteOrder.LITTLE_ENDIAN);
    metadata.putShort((short) 1).put((byte) 4).put((byte) 1); // protocol, a texture of bytes
    metadata.putInt(1).putLong(lengthBytes); // one of them an element
    metadata.putLong(width).putLong(height).putLong(0);
    metadata.putInt(0).putInt(4).putInt(0).putInt(0); // slot, bytes, interpolation, extension
    metadata.putInt(width).putInt(height).putInt(0);
    metadata.putInt(0); // no transform
    return new BufferSpec(
        "tex_image_byte_000",
        BufferSpec.Kind.TEXTURE,
        lengthBytes,
        Arrays.copyOf(metadata.array(), metadata.position() + 12 * Float.BYTES));
  }

  @Test
  void aBvhBeyondItsLimitIsRefusedAndFitsTheEstimateOtherwise() {
    try (Captured captured = new Captured();
        CyclesDevice device = Native.device();
        NativeMemory memory = NativeMemory.allocate(captured.bvh.length)) {
      memory.putBytes(0, captured.bvh, 0, captured.bvh.length);
      captured.buffers.forEach(device::copyTo);
      device.limitBytes(1 << 10);
      CyclesException refused =
          assertThrows(CyclesException.class, () -> device.buildBvh("scene", memory));
      assertTrue(refused.getMessage().contains("worker --memory"), refused.getMessage());
      device.limitBytes(1 << 24);
      device.buildBvh("scene", memory);
      long held = device.heldBytes();
      assertTrue(held > 1 << 10 && held <= 1 << 24, held + " bytes");
      device.reset();
      assertTrue(device.heldBytes() < held, device.heldBytes() + " bytes of " + held);
    }
  }

  @Test
  void identityTellsHowCyclesWasBuilt() {
    String abi = CyclesDevice.identityOfThisBuild().abi();
    assertTrue(abi.matches(".* build=cycles-\\p{XDigit}{16}/\\p{XDigit}{16}/\\S+"), abi);
    try (CyclesDevice device = Native.device()) {
      assertTrue(device.description().contains(device.kernels()), device.description());
    }
  }

  /** Keeps what a host sends, to send it changed. */
  private static final class Captured implements AutoCloseable {
    final Map<BufferSpec, NativeMemory> buffers = new HashMap<>();
    byte[] bvh = {};
    private final CyclesScene scene = scene();

    Captured() {
      try (CyclesDevice device = Native.device();
          DirectSession session =
              new DirectSession(device) {
                @Override
                public void copyTo(BufferSpec spec, NativeMemory source) {
                  buffers.put(spec, source);
                  super.copyTo(spec, source);
                }

                @Override
                public void buildBvh(String name, NativeMemory description) {
                  bvh = new byte[(int) description.lengthBytes()];
                  description.getBytes(0, bvh, 0, bvh.length);
                  super.buildBvh(name, description);
                }
              }) {
        scene.push(session);
      }
    }

    @Override
    public void close() {
      scene.close();
    }
  }

  @Test
  void hostileBvhDescriptionsAreRefused() {
    Random random = new Random(7);
    int refused = 0;
    try (Captured captured = new Captured();
        CyclesDevice device = Native.device()) {
      captured.buffers.forEach(device::copyTo);
      for (int round = 0; round < 2_000; round++) {
        byte[] hostile = captured.bvh.clone();
        int length = hostile.length;
        if (random.nextInt(4) == 0) {
          length = random.nextInt(length);
        } else {
          // The head holds all counts and offsets; a flip in embedded floats is no error.
          for (int i = 0; i <= random.nextInt(3); i++) {
            hostile[random.nextInt(Math.min(length, 400))] = (byte) random.nextInt();
          }
        }
        try (NativeMemory memory = NativeMemory.allocate(length)) {
          memory.putBytes(0, hostile, 0, length);
          device.buildBvh("scene", memory);
        } catch (DeviceException e) {
          refused++;
        }
      }
    }
    assertTrue(refused > 500, refused + " of 2000 were refused");
  }

  @Test
  void bvhDescriptionsWithoutTheirBuffersAreRefused() {
    try (Captured captured = new Captured();
        CyclesDevice device = Native.device();
        NativeMemory memory = NativeMemory.allocate(captured.bvh.length)) {
      memory.putBytes(0, captured.bvh, 0, captured.bvh.length);
      CyclesException refused =
          assertThrows(CyclesException.class, () -> device.buildBvh("scene", memory));
      assertTrue(refused.getMessage().contains("lie outside"), refused.getMessage());
    }
  }

  @Test
  void hostileBuffersAreRefused() {
    Random random = new Random(8);
    try (Captured captured = new Captured();
        CyclesDevice device = Native.device()) {
      captured.buffers.forEach(
          (spec, memory) -> {
            BufferSpec shorter =
                new BufferSpec(spec.name(), spec.kind(), spec.lengthBytes() - 1, spec.metadata());
            assertThrows(
                CyclesException.class,
                () -> device.copyTo(shorter, memory.slice(0, shorter.lengthBytes())));
            for (int round = 0; round < 50; round++) {
              byte[] metadata = spec.metadata().clone();
              metadata[random.nextInt(metadata.length)] ^= (byte) (1 + random.nextInt(255));
              try {
                device.copyTo(
                    new BufferSpec(spec.name(), spec.kind(), spec.lengthBytes(), metadata), memory);
              } catch (DeviceException e) {
                assertTrue(e.getMessage().contains(spec.name()), e.getMessage());
              }
            }
          });
      try (NativeMemory memory = NativeMemory.allocateZeroed(64)) {
        assertThrows(
            CyclesException.class, () -> device.copyTo(BufferSpec.global("tri_verts", 64), memory));
        assertThrows(CyclesException.class, () -> device.constCopyTo("data", memory));
        assertThrows(CyclesException.class, () -> device.constCopyTo("other", memory));
        assertThrows(CyclesException.class, device::commit);
      }
    }
  }
}
