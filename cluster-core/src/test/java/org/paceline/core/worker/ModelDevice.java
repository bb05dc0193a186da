// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceException;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.RenderDevice;

/**
 * A device whose samples are a hash of pixel, sample and scene, so that a film shows which samples
 * it holds, how often and in which order they were added, and of which scene.
 */
public final class ModelDevice implements RenderDevice {
  /** What every model device is. */
  public static final DeviceIdentity IDENTITY = new DeviceIdentity("model", "1", "abi-1");

  private double samplesPerNs;
  private final Map<String, NativeMemory> buffers = new HashMap<>();
  private int sceneSeed;
  private int constant;
  private long spentNs;
  private boolean closed;

  /** With a speed in pixel samples per second. */
  public ModelDevice(double samplesPerSecond) {
    samplesPerNs = samplesPerSecond / 1e9;
  }

  /** How long what it did since the last call takes. */
  long takeSpentNs() {
    long spent = spentNs;
    spentNs = 0;
    return spent;
  }

  /** From now on it is slower by that factor. */
  public void slowDown(double factor) {
    samplesPerNs /= factor;
  }

  /** The contribution of one sample to one component. */
  public static float sample(int x, int y, int sample, int component, int seed) {
    int h = x * 0x9E3779B1 ^ y * 0x85EBCA6B ^ sample * 0xC2B2AE35 ^ component * 0x27D4EB2F ^ seed;
    h ^= h >>> 15;
    h *= 0x2C1B3C6D;
    h ^= h >>> 12;
    return (h >>> 8) * 0x1p-20f;
  }

  /** What a scene's bytes become in {@link #sample}. */
  public static int seedOf(NativeMemory memory) {
    int seed = 17;
    for (long i = 0; i + 4 <= memory.lengthBytes(); i += 4) {
      seed = 31 * seed + memory.getInt(i);
    }
    return seed;
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
    if (spec.name().equals("poison")) {
      throw new DeviceException("poison is not to this device's taste");
    }
    buffers.put(spec.name(), region);
  }

  @Override
  public void free(String name) {
    if (buffers.remove(name) == null) {
      throw new IllegalStateException("free of unknown " + name);
    }
  }

  /** Ten times the buffer of that name. */
  @Override
  public long workingBytes(List<BufferSpec> specs) {
    return specs.stream()
        .filter(spec -> spec.name().equals("working"))
        .mapToLong(spec -> 10 * spec.lengthBytes())
        .sum();
  }

  @Override
  public void constCopyTo(String name, NativeMemory value) {
    constant = seedOf(value);
  }

  @Override
  public void buildBvh(String name, NativeMemory description) {
    spentNs += 1_000_000;
  }

  @Override
  public void commit() {
    sceneSeed = constant;
    buffers.values().forEach(memory -> sceneSeed += seedOf(memory));
  }

  @Override
  public boolean render(WorkUnit unit, int stride, NativeMemory pass) {
    long offset = 0;
    for (int y = unit.y(); y < unit.y() + unit.height(); y++) {
      for (int x = unit.x(); x < unit.x() + unit.width(); x++) {
        for (int component = 0; component < stride; component++, offset += Float.BYTES) {
          float sum = 0;
          for (int s = 0; s < unit.sampleCount(); s++) {
            sum += sample(x, y, unit.firstSample() + s, component, sceneSeed);
          }
          pass.putFloat(offset, sum);
        }
      }
    }
    spentNs += (long) (unit.pixelSamples() / samplesPerNs);
    return true;
  }

  @Override
  public void cancel() {
    // renders are instantaneous here
  }

  @Override
  public void reset() {
    buffers.clear();
  }

  @Override
  public void close() {
    buffers.clear();
    closed = true;
  }

  /** Whether it holds no memory. */
  public boolean isClosed() {
    return closed;
  }
}
