// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceException;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDeviceProvider;

/** What the device refuses, and that it goes on afterwards. */
class ReferenceDeviceTest {
  private ReferenceScene scene;
  private LocalSession session;

  @BeforeEach
  void open() {
    Camera camera =
        new Camera(new Vec3(0, 0, 5), new Vec3(0, 0, 0), new Vec3(0, 1, 0), 8, 8, 0.3f, 0);
    Vec3 sky = new Vec3(1, 1, 1);
    scene =
        new ReferenceScene.Builder(camera, new Settings(sky, sky, sky, 4, 0, 1))
            .add(Mesh.sphere(new Vec3(0, 0, 0), 1, 8), Material.coated(new Vec3(0.5f, 0, 0)))
            .build();
    session = new LocalSession(2);
    scene.push(session, 8, 8);
    session.commit();
  }

  @AfterEach
  void close() {
    session.close();
    scene.close();
  }

  /** Replaces a buffer, expects a refusal, and that the right scene then renders. */
  private void refused(String name, long lengthBytes, Consumer<NativeMemory> fill, String said) {
    try (NativeMemory memory = NativeMemory.allocateZeroed(lengthBytes)) {
      fill.accept(memory);
      session.copyTo(BufferSpec.global(name, lengthBytes), memory);
      assertSays(said, session::commit);
      assertSays("nothing to render", this::renderAll);
      session.device.reset();
    }
    scene.push(session, 8, 8);
    session.commit();
    renderAll();
  }

  private void renderAll() {
    session.render(0, 0, 8, 8, 0, 1).close();
  }

  private static void assertSays(String said, org.junit.jupiter.api.function.Executable action) {
    String message = assertThrows(DeviceException.class, action).getMessage();
    assertTrue(message.contains(said), message);
  }

  @Test
  void hostileBuffersAreRefused() {
    long vertices = 9 * 17;
    long triangles = 256;
    refused("verts", 13, memory -> {}, "multiple of 12");
    refused("verts", 0, memory -> {}, "buffer normals has");
    refused("verts", 12 * vertices, m -> m.putFloat(8, Float.NaN), "verts=NaN");
    refused("verts", 12 * vertices, m -> m.putFloat(8, Float.POSITIVE_INFINITY), "Infinity");
    refused("normals", 12 * vertices - 12, memory -> {}, "buffer normals has");
    refused("normals", 12 * vertices, m -> m.putFloat(4, 1e30f), "normals=1.0E30");
    refused("indices", 4, memory -> {}, "multiple of 12");
    refused("indices", 12, memory -> {}, "tri_material has");
    refused("indices", 12 * triangles, m -> m.putInt(4, (int) vertices), "indices=153");
    refused("indices", 12 * triangles, m -> m.putInt(12 * 255, -1), "indices=-1");
    refused("tri_material", 4, memory -> {}, "must have 1024");
    refused("tri_material", 4 * triangles, m -> m.putInt(80, 1), "tri_material=1");
    refused("materials", 0, memory -> {}, "tri_material=0");
    refused("materials", 65, memory -> {}, "multiple of 64");
    refused("materials", 64, m -> m.putInt(0, 9), "material kind=9");
    refused("materials", 64, m -> m.putFloat(4, 2), "material colour=2.0");
    refused("materials", 64, m -> m.putFloat(16, Float.NaN), "roughness=NaN");
  }

  @Test
  void hostileConstantsAreRefused() {
    try (NativeMemory camera = NativeMemory.allocateZeroed(Camera.BYTES)) {
      assertSays("width=0", () -> session.constCopyTo("camera", camera));
      scene.camera().withFilm(8, 8).put(camera);
      camera.putFloat(0, Float.NaN);
      assertSays("camera position=NaN", () -> session.constCopyTo("camera", camera));
      scene.camera().withFilm(8, 8).put(camera);
      camera.putFloat(8, 0);
      assertSays("distance from camera to target", () -> session.constCopyTo("camera", camera));
      NativeMemory half = camera.slice(0, 20);
      assertSays("camera has 20 bytes", () -> session.constCopyTo("camera", half));
      assertSays("settings has 20 bytes", () -> session.constCopyTo("settings", half));
      assertSays("no constant 'film'", () -> session.constCopyTo("film", half));
      assertSays("no acceleration structure", () -> session.buildBvh("other", half));
      assertSays("BVH has 20 bytes", () -> session.buildBvh("scene", half));
      NativeMemory zero = camera.slice(0, 4);
      zero.putInt(0, 0);
      assertSays("leaf of the BVH=0", () -> session.buildBvh("scene", zero));
      session.device.reset();
      assertSays("lacks its constant camera", session::commit);
    }
  }

  @Test
  void missingAndFreedBuffersAreNamed() {
    session.free("normals");
    assertSays("nothing to render", this::renderAll);
    assertSays("no buffer normals", session::commit);
  }

  @Test
  void unitsOutsideTheFilmAreRefused() {
    int most = Integer.MAX_VALUE;
    for (WorkUnit unit :
        List.of(
            new WorkUnit(1, -1, 0, 1, 1, 0, 1),
            new WorkUnit(1, 0, 8, 1, 1, 0, 1),
            new WorkUnit(1, 1, 0, 8, 1, 0, 1),
            new WorkUnit(1, most, most, most, most, 0, 1),
            new WorkUnit(1, 0, 0, 0, 1, 0, 1))) {
      try (NativeMemory pass = NativeMemory.allocate(5 * 4 * 64)) {
        assertSays("is not inside", () -> session.device.render(unit, 5, pass));
      }
    }
    try (NativeMemory pass = NativeMemory.allocate(5 * 4 * 64)) {
      WorkUnit whole = new WorkUnit(1, 0, 0, 8, 8, 0, 1);
      assertSays("5", () -> session.device.render(whole, 4, pass));
      assertSays(
          "range of samples",
          () -> session.device.render(new WorkUnit(1, 0, 0, 8, 8, most, 1), 5, pass));
      assertSays("needs 1280", () -> session.device.render(whole, 5, pass.slice(0, 1276)));
      assertTrue(session.device.render(whole, 5, pass));
    }
  }

  @Test
  void replacedVerticesAreRenderedWithoutAnotherCallOfBuildBvh() {
    try (LocalSession.Picture before = session.render(3, 3, 1, 1, 0, 4);
        NativeMemory away = NativeMemory.allocateZeroed(12 * 9 * 17)) {
      session.copyTo(BufferSpec.global("verts", away.lengthBytes()), away);
      session.commit();
      try (LocalSession.Picture after = session.render(3, 3, 1, 1, 0, 4)) {
        assertTrue(before.mean(1) < 0.9f);
        assertEquals(1, after.mean(1), 1e-6f);
      }
      session.device.reset();
    }
  }

  @Test
  void emptySceneShowsTheSky() {
    for (String name : List.of("verts", "normals", "indices", "tri_material")) {
      session.copyTo(BufferSpec.global(name, 0), NativeMemory.borrow(0, 0));
    }
    session.commit();
    try (LocalSession.Picture picture = session.render(0, 0, 8, 8, 0, 1)) {
      assertEquals(1, picture.mean(2), 1e-6f);
    }
  }

  @Test
  void tracingTheTreeFindsWhatTestingEveryTriangleFinds() {
    Random random = new Random(7);
    int count = 3000;
    try (NativeMemory verts = NativeMemory.allocate(36L * count);
        NativeMemory indices = NativeMemory.allocate(12L * count)) {
      for (int i = 0; i < 3 * count; i++) {
        indices.putInt(4L * i, i);
        for (int axis = 0; axis < 3; axis++) {
          // Every tenth triangle sits at the same place, which no border can divide.
          float at = i / 3 % 10 == 0 ? 0.5f : (i / 3 * 37 % 101) / 101f * (axis + 1);
          verts.putFloat(12L * i + 4L * axis, at + 0.1f * random.nextFloat());
        }
      }
      Bvh tree = new Bvh(verts, indices, count, 3);
      Bvh[] single = new Bvh[count];
      for (int i = 0; i < count; i++) {
        single[i] = new Bvh(verts, indices.slice(12L * i, 12), 1, 1);
      }
      int hits = 0;
      for (int i = 0; i < 2000; i++) {
        Ray ray = new Ray();
        ray.origin.set(random.nextFloat(), 2 * random.nextFloat(), -1);
        ray.direction.set(i % 3 == 0 ? 0 : random.nextFloat() - 0.5f, 0, 1).normalize();
        ray.distance = Float.POSITIVE_INFINITY;
        float nearest = Float.POSITIVE_INFINITY;
        for (Bvh one : single) {
          ray.distance = nearest;
          if (one.intersect(ray, false)) {
            nearest = ray.distance;
          }
        }
        ray.distance = Float.POSITIVE_INFINITY;
        boolean hit = tree.intersect(ray, false);
        assertEquals(nearest, hit ? ray.distance : Float.POSITIVE_INFINITY);
        hits += hit ? 1 : 0;
      }
      assertTrue(hits > 50, "too few hits to tell: " + hits);
    }
  }

  @Test
  void twoDevicesWorkSideBySide() {
    try (LocalSession other = new LocalSession(1)) {
      scene.push(other, 4, 4);
      other.commit();
      other.render(0, 0, 4, 4, 0, 1).close();
      renderAll();
    }
    renderAll();
  }

  @Test
  void closeEndsItsThreads() {
    long before = renderThreads();
    try (LocalSession other = new LocalSession(3)) {
      scene.push(other, 8, 8);
      other.commit();
      other.render(0, 0, 8, 8, 0, 1).close();
      assertEquals(before + 3, renderThreads());
    }
    assertEquals(before, renderThreads());
  }

  private static long renderThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("reference-device-"))
        .count();
  }

  @Test
  void serviceLoaderFindsTheProviderAndItRefusesWhatItDoesNotKnow() {
    RenderDeviceProvider provider =
        ServiceLoader.load(RenderDeviceProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("reference"))
            .findFirst()
            .orElseThrow();
    assertEquals("", provider.unavailable());
    assertSays("kernels=avx512", () -> provider.open(new DeviceOptions(1, "avx512")));
    assertSays("threads=100000", () -> provider.open(new DeviceOptions(100_000, "auto")));
    assertEquals("reference", session.device.identity().renderer());
    assertTrue(session.device.description().contains("threads: 2"));
  }
}
