// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.util.List;
import org.paceline.api.BufferSpec;
import org.paceline.api.Film;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmUpdate;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.WorkUnit;
import org.paceline.api.WorkerStatus;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;

/** A session that hands each call straight to one device, and films made of whole units. */
final class LocalSession implements RenderSession {
  final RenderDevice device;
  private long generation;

  LocalSession(int threads) {
    device = new ReferenceDeviceProvider().open(new DeviceOptions(threads, "auto"));
  }

  /** A film in memory of its own. */
  record Picture(int width, int height, NativeMemory memory) implements Film, AutoCloseable {
    @Override
    public FilmLayout layout() {
      return ReferenceScene.filmLayout();
    }

    @Override
    public int samples(int x, int y) {
      return (int) get(x, y, 3); // the sum of alpha
    }

    @Override
    public float get(int x, int y, int component) {
      return memory.getFloat(4L * ((y * width + x) * 5 + component));
    }

    @Override
    public float mean(int x, int y, int component) {
      return get(x, y, component) / samples(x, y);
    }

    @Override
    public FilmUpdate snapshot(NativeMemory target, FilmUpdate since) {
      throw new UnsupportedOperationException("it doesn't change");
    }

    float mean(int channel) {
      double sum = 0;
      double samples = 0;
      for (long pixel = 0; pixel < (long) width * height; pixel++) {
        sum += memory.getFloat(pixel * 20 + 4L * channel);
        samples += memory.getFloat(pixel * 20 + 12);
      }
      return (float) (sum / samples);
    }

    float[] floats() {
      float[] values = new float[width * height * 5];
      for (int i = 0; i < values.length; i++) {
        values[i] = memory.getFloat(4L * i);
      }
      return values;
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  /** Renders samples of a rectangle. */
  Picture render(int x, int y, int width, int height, int first, int count) {
    Picture picture =
        new Picture(
            width,
            height,
            NativeMemory.allocate(ReferenceScene.filmLayout().lengthBytes(width, height)));
    WorkUnit unit = new WorkUnit(generation, x, y, width, height, first, count);
    if (!device.render(unit, ReferenceScene.filmLayout().stride(), picture.memory())) {
      throw new IllegalStateException("cancelled");
    }
    return picture;
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory source) {
    device.copyTo(spec, source);
  }

  @Override
  public void free(String name) {
    device.free(name);
  }

  @Override
  public void constCopyTo(String name, NativeMemory value) {
    device.constCopyTo(name, value);
  }

  @Override
  public void buildBvh(String name, NativeMemory description) {
    device.buildBvh(name, description);
  }

  @Override
  public long commit() {
    device.commit();
    return ++generation;
  }

  @Override
  public void alloc(BufferSpec spec) {
    throw new UnsupportedOperationException("a reference scene has no empty buffers");
  }

  @Override
  public void zero(BufferSpec spec) {
    throw new UnsupportedOperationException("a reference scene has no zeroed buffers");
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
    device.close();
  }
}
