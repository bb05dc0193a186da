// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.WorkUnit;
import org.paceline.api.WorkerStatus;
import org.paceline.api.device.RenderDevice;

/**
 * A session without a cluster: makes the calls on one device, in the order a worker does, and from
 * regions of its own as if the bytes had come over a network.
 */
class DirectSession implements RenderSession {
  private final RenderDevice device;
  private final Map<String, NativeMemory> regions = new HashMap<>();
  private final List<Runnable> late = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private long generation;

  DirectSession(RenderDevice device) {
    this.device = device;
  }

  /** The calls so far, in order. */
  List<String> log() {
    return log;
  }

  /** Renders a rectangle of samples; null if cancelled. */
  NativeMemory render(
      int x, int y, int width, int height, int firstSample, int samples, int stride) {
    NativeMemory pass = NativeMemory.allocate((long) width * height * stride * Float.BYTES);
    boolean done =
        device.render(
            new WorkUnit(generation, x, y, width, height, firstSample, samples), stride, pass);
    if (!done) {
      pass.close();
      return null;
    }
    return pass;
  }

  @Override
  public void alloc(BufferSpec spec) {
    throw new UnsupportedOperationException("Cycles' scenes have no empty buffers");
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory source) {
    log.add("copyTo " + spec.name());
    NativeMemory region = copy(source);
    device.copyTo(spec, region);
    NativeMemory old = regions.put(spec.name(), region);
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void zero(BufferSpec spec) {
    throw new UnsupportedOperationException("Cycles' scenes have no zeroed buffers");
  }

  @Override
  public void free(String name) {
    log.add("free " + name);
    device.free(name);
    regions.remove(name).close();
  }

  @Override
  public void constCopyTo(String name, NativeMemory value) {
    log.add("constCopyTo " + name);
    NativeMemory copy = copy(value);
    late.add(
        () -> {
          device.constCopyTo(name, copy);
          copy.close();
        });
  }

  @Override
  public void buildBvh(String name, NativeMemory description) {
    log.add("buildBvh " + name);
    NativeMemory copy = copy(description);
    late.add(
        0,
        () -> {
          device.buildBvh(name, copy);
          copy.close();
        });
  }

  @Override
  public long commit() {
    late.forEach(Runnable::run);
    late.clear();
    device.commit();
    return ++generation;
  }

  @Override
  public RenderJob render(RenderRequest request) {
    throw new UnsupportedOperationException("only units are rendered here");
  }

  @Override
  public List<WorkerStatus> workers() {
    return List.of();
  }

  @Override
  public void close() {
    device.reset();
    regions.values().forEach(NativeMemory::close);
    regions.clear();
  }

  private static NativeMemory copy(NativeMemory source) {
    NativeMemory copy = NativeMemory.allocate(source.lengthBytes());
    copy.copyFrom(0, source, 0, source.lengthBytes());
    return copy;
  }
}
