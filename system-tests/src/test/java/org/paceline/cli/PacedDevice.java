// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.device.RenderDeviceProvider;
import org.paceline.reference.ReferenceDeviceProvider;

/**
 * The reference device held to a speed far below a core's, so that several workers on few cores are
 * as fast together as on machines of their own.
 */
public final class PacedDevice implements RenderDevice {
  /** What each of its threads renders, had it a core. */
  static final long SAMPLES_PER_SECOND = 12_000;

  /** Opens it, under the name {@code paced}. */
  public static final class Provider implements RenderDeviceProvider {
    @Override
    public String name() {
      return "paced";
    }

    @Override
    public String unavailable() {
      return "";
    }

    @Override
    public RenderDevice open(DeviceOptions options) {
      DeviceOptions one = new DeviceOptions(1, options.kernels());
      return new PacedDevice(
          new ReferenceDeviceProvider().open(one), options.threads() * SAMPLES_PER_SECOND);
    }
  }

  private final RenderDevice device;
  private final long samplesPerSecond;
  private long cancels;

  private PacedDevice(RenderDevice device, long samplesPerSecond) {
    this.device = device;
    this.samplesPerSecond = samplesPerSecond;
  }

  @Override
  public boolean render(WorkUnit unit, int stride, NativeMemory pass) {
    long untilNs = System.nanoTime() + unit.pixelSamples() * 1_000_000_000 / samplesPerSecond;
    long before = cancels();
    return device.render(unit, stride, pass) && isUncancelledUntil(untilNs, before);
  }

  private synchronized long cancels() {
    return cancels;
  }

  private synchronized boolean isUncancelledUntil(long untilNs, long before) {
    try {
      long leftNs = untilNs - System.nanoTime();
      while (leftNs > 0 && cancels == before) {
        wait(leftNs / 1_000_000, (int) (leftNs % 1_000_000));
        leftNs = untilNs - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return cancels == before;
  }

  @Override
  public void cancel() {
    device.cancel();
    synchronized (this) {
      cancels++;
      notifyAll();
    }
  }

  @Override
  public DeviceIdentity identity() {
    return device.identity();
  }

  @Override
  public String description() {
    return device.description() + ", at " + samplesPerSecond + " samples/s";
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory region) {
    device.copyTo(spec, region);
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
  public void commit() {
    device.commit();
  }

  @Override
  public void reset() {
    device.reset();
  }

  @Override
  public void close() {
    device.close();
  }
}
