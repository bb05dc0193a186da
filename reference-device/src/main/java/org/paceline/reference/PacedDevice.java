// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.util.List;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.RenderDevice;

/**
 * A device held to a speed. Far below a core's, several workers on few cores are as fast together
 * as on machines of their own: for tests and benchmarks.
 */
public final class PacedDevice implements RenderDevice {
  private final RenderDevice device;
  private final long samplesPerSecond;
  private long cancels;

  /**
   * Takes over a device, which it closes.
   *
   * @param samplesPerSecond pixel samples, if the device alone renders as many
   */
  public PacedDevice(RenderDevice device, long samplesPerSecond) {
    if (samplesPerSecond < 1) {
      throw new IllegalArgumentException("samplesPerSecond=" + samplesPerSecond + " is below 1");
    }
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
  public String kernels() {
    return device.kernels();
  }

  @Override
  public void check(BufferSpec spec) {
    device.check(spec);
  }

  @Override
  public long workingBytes(List<BufferSpec> buffers) {
    return device.workingBytes(buffers);
  }

  @Override
  public long heldBytes() {
    return device.heldBytes();
  }

  @Override
  public void limitBytes(long most) {
    device.limitBytes(most);
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
