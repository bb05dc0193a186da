// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.paceline.api.NativeMemory;
import org.paceline.api.device.RenderDevice;
import org.paceline.core.scene.Manifest;
import org.paceline.core.scene.SceneEntry;
import org.paceline.core.scene.SceneEntry.Sort;
import org.paceline.core.scene.SceneStore;
import org.paceline.core.scene.StoredBuffer;

/**
 * Brings a device from one generation to the next with the calls that the host made. Runs inside
 * device tasks; between them the session reads the store.
 */
final class DeviceScene {
  private final SceneStore store;
  private final Map<SceneEntry.Key, NativeMemory> onDevice = new HashMap<>();
  private long generation;

  DeviceScene(SceneStore store) {
    this.store = store;
  }

  SceneStore store() {
    return store;
  }

  /** A session ended: the device forgets everything, the store keeps its buffers as a cache. */
  void forget(RenderDevice device) {
    onDevice.clear();
    generation = 0;
    device.reset();
  }

  /**
   * Takes from the device what the manifest lacks or replaces, then makes room for the manifest.
   */
  void prepare(RenderDevice device, Manifest manifest) {
    if (!store.hasChunksOf(manifest.chunkBytes())) {
      forget(device);
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

  /** Everything has arrived: make the calls. A device that fails at it starts afresh next time. */
  void load(RenderDevice device, Manifest manifest) {
    try {
      makeCalls(device, manifest);
    } catch (RuntimeException e) {
      forget(device);
      throw e;
    }
  }

  private void makeCalls(RenderDevice device, Manifest manifest) {
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
