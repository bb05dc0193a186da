// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceException;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;

/**
 * The reference device on a worker. Calls collect what a generation consists of; {@link #commit}
 * checks it and makes one {@link PathTracer} per render thread; {@link #render} lets them share out
 * a unit's pixels.
 *
 * <p>The tree is rebuilt at commit if the vertices, the indices or its description came anew, so a
 * host that replaces vertices and forgets to call {@code buildBvh} again is rendered right.
 */
public final class ReferenceDevice implements RenderDevice {
  /** What host and worker must agree on. */
  public static final DeviceIdentity IDENTITY =
      new DeviceIdentity(
          "reference",
          "1",
          "material="
              + Material.BYTES
              + " camera="
              + Camera.BYTES
              + " settings="
              + Settings.BYTES
              + " order="
              + java.nio.ByteOrder.nativeOrder());

  static final String CAMERA = "camera";
  static final String SETTINGS = "settings";

  /** The only acceleration structure; its description is one int, the most triangles in a leaf. */
  static final String BVH = "scene";

  private static final int MAX_LEAF_SIZE = 15;
  private static final int PIXELS_AT_ONCE = 16;
  private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

  private final int threads;
  private final ExecutorService pool;
  private final List<Thread> poolThreads = new CopyOnWriteArrayList<>();
  private final Map<String, NativeMemory> buffers = new HashMap<>();
  private Camera camera;
  private Settings settings;
  private int leafSize;
  private Bvh bvh;
  private Geometry geometry;
  private PathTracer[] tracers;
  private volatile boolean cancelled;

  /** Opens a device with its own render threads. */
  ReferenceDevice(DeviceOptions options) {
    threads = options.threads();
    pool =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread =
                  new Thread(work, "reference-device-" + THREAD_NUMBER.incrementAndGet());
              thread.setDaemon(true);
              poolThreads.add(thread);
              return thread;
            });
  }

  @Override
  public DeviceIdentity identity() {
    return IDENTITY;
  }

  @Override
  public String description() {
    return "reference path tracer, Java " + Runtime.version().feature() + ", threads: " + threads;
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory region) {
    forget(spec.name());
    if (region.lengthBytes() < spec.lengthBytes()) {
      throw new DeviceException(
          "buffer " + spec + " is longer than its region of " + region.lengthBytes() + " bytes");
    }
    buffers.put(spec.name(), region.slice(0, spec.lengthBytes()));
  }

  @Override
  public void free(String name) {
    forget(name);
  }

  private void forget(String name) {
    if (buffers.remove(name) != null) {
      tracers = null;
      geometry = null;
      if (name.equals(Geometry.VERTS) || name.equals(Geometry.INDICES)) {
        bvh = null;
      }
    }
  }

  @Override
  public void constCopyTo(String name, NativeMemory value) {
    tracers = null;
    switch (name) {
      case CAMERA -> camera = Camera.get(value);
      case SETTINGS -> settings = Settings.get(value);
      default ->
          throw new DeviceException(
              "no constant '" + name + "'; this device knows " + CAMERA + " and " + SETTINGS);
    }
  }

  @Override
  public void buildBvh(String name, NativeMemory description) {
    tracers = null;
    geometry = null;
    bvh = null;
    if (!name.equals(BVH)) {
      throw new DeviceException("no acceleration structure '" + name + "'; this device has " + BVH);
    }
    Checks.length("the description of the BVH", description.lengthBytes(), Integer.BYTES);
    int size = description.getInt(0);
    Checks.range("triangles in a leaf of the BVH", size, 1, MAX_LEAF_SIZE);
    leafSize = size;
  }

  @Override
  public void commit() {
    tracers = null;
    require(camera != null, "constant " + CAMERA);
    require(settings != null, "constant " + SETTINGS);
    require(leafSize > 0, "call of buildBvh");
    try {
      if (geometry == null) {
        geometry = new Geometry(buffers, bvh, leafSize);
        bvh = geometry.bvh;
      }
    } catch (OutOfMemoryError e) {
      throw new DeviceException(
          "the BVH doesn't fit into the Java heap of "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB; start the worker with a larger -Xmx",
          e);
    }
    PathTracer[] made = new PathTracer[threads];
    for (int i = 0; i < threads; i++) {
      made[i] = new PathTracer(geometry, camera, settings);
    }
    tracers = made;
  }

  private static void require(boolean given, String what) {
    if (!given) {
      throw new DeviceException("the scene lacks its " + what + " before commit");
    }
  }

  @Override
  public boolean render(WorkUnit unit, int stride, NativeMemory pass) {
    check(unit, stride, pass);
    cancelled = false;
    AtomicLong next = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch finished = new CountDownLatch(threads);
    for (PathTracer tracer : tracers) {
      pool.execute(
          () -> {
            try {
              share(tracer, unit, next, pass);
            } catch (Throwable e) { // whatever it is, the caller must not wait forever
              failure.compareAndSet(null, e);
              cancelled = true;
            } finally {
              finished.countDown();
            }
          });
    }
    awaitAll(finished);
    if (failure.get() != null) {
      throw new DeviceException("rendering failed: " + failure.get(), failure.get());
    }
    return !cancelled;
  }

  private void share(PathTracer tracer, WorkUnit unit, AtomicLong next, NativeMemory pass) {
    BooleanSupplier cancellation = () -> cancelled;
    long pixels = unit.pixels();
    long first = next.getAndAdd(PIXELS_AT_ONCE);
    while (first < pixels && !cancelled) {
      long end = Math.min(pixels, first + PIXELS_AT_ONCE);
      for (long pixel = first; pixel < end; pixel++) {
        tracer.render(unit, pixel, pass, cancellation);
      }
      first = next.getAndAdd(PIXELS_AT_ONCE);
    }
  }

  /** Waits until no thread writes into the pass any more; an interrupt cancels. */
  private void awaitAll(CountDownLatch finished) {
    boolean interrupted = false;
    while (true) {
      try {
        finished.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        cancelled = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void check(WorkUnit unit, int stride, NativeMemory pass) {
    if (tracers == null) {
      throw new DeviceException(
          "nothing to render: no generation was committed since the last change");
    }
    if (stride != PathTracer.STRIDE) {
      throw new DeviceException(
          "the host's film has "
              + stride
              + " floats per pixel, this device renders "
              + PathTracer.STRIDE);
    }
    if (unit.x() < 0
        || unit.y() < 0
        || unit.width() < 1
        || unit.height() < 1
        || unit.x() > camera.width() - unit.width()
        || unit.y() > camera.height() - unit.height()) {
      throw new DeviceException(
          unit + " is not inside the camera's film of " + camera.width() + "x" + camera.height());
    }
    if (unit.firstSample() < 0
        || unit.sampleCount() < 1
        || unit.firstSample() > Integer.MAX_VALUE - unit.sampleCount()) {
      throw new DeviceException(unit + " has no valid range of samples");
    }
    long needed = unit.pixels() * stride * Float.BYTES;
    if (pass.lengthBytes() < needed) {
      throw new DeviceException(
          "the pass has " + pass.lengthBytes() + " bytes, but " + unit + " needs " + needed);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void reset() {
    buffers.clear();
    camera = null;
    settings = null;
    leafSize = 0;
    bvh = null;
    geometry = null;
    tracers = null;
  }

  @Override
  public void close() {
    reset();
    pool.shutdownNow();
    boolean interrupted = false;
    // a terminated pool's last thread may still be on its way out
    for (Thread thread : poolThreads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
