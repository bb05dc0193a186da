// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.util.HashMap;
import java.util.Map;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceException;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.RenderDevice;

/**
 * A device whose passes are hashes of pixel, samples and scene, so that a film tells which samples
 * it holds, how often, in which order they were added, and of which scene. See {@link ModelFilm}.
 */
public final class ModelDevice implements RenderDevice {
  /** What every model device is. */
  static final DeviceIdentity IDENTITY = new DeviceIdentity("model", "1", "abi-1");

  private final double samplesPerNs;
  private final boolean rendersForReal;
  private final Map<String, Long> buffers = new HashMap<>();
  private final Map<String, Long> constants = new HashMap<>();
  private final Map<String, Long> structures = new HashMap<>();
  private double slowness = 1;
  private long sceneSeed;
  private boolean committed;
  private volatile boolean cancelled;

  /**
   * A device without a scene.
   *
   * @param samplesPerSecond pixel samples per second
   * @param rendersForReal whether passes are filled at all; their time passes anyway
   */
  ModelDevice(double samplesPerSecond, boolean rendersForReal) {
    samplesPerNs = samplesPerSecond / 1e9;
    this.rendersForReal = rendersForReal;
  }

  /** From now on renders take so many times as long as usual. */
  void slowDown(double factor) {
    slowness = factor;
  }

  /** How long a render of that unit takes. */
  public long renderNs(WorkUnit unit) {
    return (long) (unit.pixelSamples() / samplesPerNs * slowness);
  }

  /** A render begins; cancels of those before are over. */
  public void renderBegins() {
    cancelled = false;
  }

  @Override
  public DeviceIdentity identity() {
    return IDENTITY;
  }

  @Override
  public String description() {
    return "model";
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory region) {
    committed = false;
    buffers.put(spec.name(), ModelScene.seedOf(spec, region));
  }

  @Override
  public void free(String name) {
    committed = false;
    if (buffers.remove(name) == null) {
      throw new DeviceException("free of unknown " + name);
    }
  }

  @Override
  public void constCopyTo(String name, NativeMemory value) {
    constants.put(name, ModelScene.seedOf(name, value));
  }

  @Override
  public void buildBvh(String name, NativeMemory description) {
    structures.put(name, ModelScene.seedOf(name, description));
  }

  @Override
  public void commit() {
    sceneSeed = 0;
    buffers.values().forEach(seed -> sceneSeed += seed);
    constants.values().forEach(seed -> sceneSeed += 3 * seed);
    structures.values().forEach(seed -> sceneSeed += 5 * seed);
    committed = true;
  }

  @Override
  public boolean render(WorkUnit unit, int stride, NativeMemory pass) {
    if (!committed || (rendersForReal && stride != ModelFilm.LAYOUT.stride())) {
      throw new DeviceException("render of a scene that isn't committed, or of another film");
    }
    if (cancelled) {
      return false;
    }
    if (rendersForReal) {
      ModelFilm.render(unit, sceneSeed, pass);
    }
    return true;
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void reset() {
    committed = false;
    buffers.clear();
    constants.clear();
    structures.clear();
  }

  @Override
  public void close() {
    reset();
  }
}
