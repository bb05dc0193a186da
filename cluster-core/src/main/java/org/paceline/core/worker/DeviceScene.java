// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.paceline.api.NativeMemory;
import org.paceline.api.device.DeviceException;
import org.paceline.api.device.RenderDevice;
import org.paceline.core.scene.Manifest;
import org.paceline.core.scene.SceneCache;
import org.paceline.core.scene.SceneEntry;
import org.paceline.core.scene.SceneEntry.Sort;
import org.paceline.core.scene.SceneStore;
import org.paceline.core.scene.StoredBuffer;

/**
 * A device and the scene on it: brings it from one generation to the next with the calls that the
 * host made. Runs inside device tasks; between them the session reads the store.
 */
final class DeviceScene {
  private final Supplier<? extends RenderDevice> opener;
  private final SceneStore store;
  private final Map<SceneEntry.Key, NativeMemory> onDevice = new HashMap<>();
  private volatile RenderDevice device;
  private long generation;

  /** Its device is opened when the first scene comes. */
  DeviceScene(Supplier<? extends RenderDevice> opener, SceneCache cache) {
    this.opener = opener;
    store = new SceneStore(cache);
  }

  /** Null while it isn't open; from any thread. */
  RenderDevice device() {
    return device;
  }

  /** Nothing happens if it is open. */
  void open() {
    if (device == null) {
      device = opener.get();
    }
  }

  /** Without a scene: the device's memory goes. */
  void close() {
    RenderDevice open = device;
    device = null;
    if (open != null) {
      open.close();
    }
  }

  SceneStore store() {
    return store;
  }

  /** The device forgets everything; the worker's cache keeps the buffers while it has room. */
  void forget() {
    forgetOnDevice();
    store.retireAll();
  }

  private void forgetOnDevice() {
    onDevice.clear();
    generation = 0;
    if (device != null) {
      device.reset();
    }
  }

  /**
   * Takes from the device what the manifest lacks or replaces, then makes room for the manifest.
   */
  void prepare(Manifest manifest) {
    try {
      open();
    } catch (DeviceException e) {
      throw new DeviceException("this worker has no device for another host: " + e.getMessage(), e);
    }
    for (SceneEntry entry : manifest.entries()) {
      if (entry.key().sort() == Sort.BUFFER) {
        device.check(entry.spec());
      }
    }
    if (!store.hasChunksOf(manifest.chunkBytes())) {
      forgetOnDevice();
    }
    Set<SceneEntry.Key> kept = new HashSet<>();
    for (SceneEntry entry : manifest.entries()) {
      // the host's word alone must not leave memory with the device that is about to change
      if (entry.changedIn() <= generation && store.holds(entry)) {
        kept.add(entry.key());
      }
    }
    for (SceneEntry.Key key : List.copyOf(onDevice.keySet())) {
      if (!kept.contains(key)) {
        device.free(key.name());
        onDevice.remove(key);
      }
    }
    store.prepare(manifest);
  }

  /**
   * Everything has arrived: make the calls. A device that fails at it starts afresh next time.
   *
   * @param mostBytes how much the device may need beside the buffers
   */
  void load(Manifest manifest, long mostBytes) {
    try {
      store.trimCache();
      device.limitBytes(mostBytes);
      makeCalls(manifest);
    } catch (RuntimeException e) {
      forgetOnDevice();
      throw e;
    }
  }

  private void makeCalls(Manifest manifest) {
    List<StoredBuffer> buffers = store.buffers();
    for (StoredBuffer buffer : buffers) {
      SceneEntry entry = buffer.entry();
      if (entry.key().sort() == Sort.BUFFER && onDevice.get(entry.key()) != buffer.memory()) {
        device.copyTo(entry.spec(), buffer.memory());
        onDevice.put(entry.key(), buffer.memory());
      }
    }
    for (StoredBuffer buffer : buffers) {
      SceneEntry entry = buffer.entry();
      if (entry.key().sort() == Sort.BVH && entry.changedIn() > generation) {
        device.buildBvh(entry.key().name(), buffer.memory());
      }
    }
    // constants are small, and a device may put what it has just built into them
    for (StoredBuffer buffer : buffers) {
      SceneEntry entry = buffer.entry();
      if (entry.key().sort() == Sort.CONSTANT) {
        device.constCopyTo(entry.key().name(), buffer.memory());
      }
    }
    device.commit();
    generation = manifest.generation();
  }
}
