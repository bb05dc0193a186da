// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.util.List;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;

/**
 * Cycles' CPU device on a worker. The kernels read scene buffers in the regions where they arrived;
 * rays are traced by Embree, whose acceleration structure is built here from the host's
 * description.
 *
 * <p>Regions must start at a multiple of 16 bytes. All devices of a process share one kernel level:
 * the first one opened decides it, or a scene that was opened before ({@code auto}).
 */
public final class CyclesDevice implements RenderDevice {
  private final DeviceIdentity identity;
  private final String description;
  private final String kernels;

  /** Guards against a cancel that meets a close. */
  private final Object closing = new Object();

  private long handle;

  /**
   * Opens a device.
   *
   * @throws CyclesException if the native library is missing, or {@code options.kernels()} is none
   *     of auto, avx2, avx, sse41, sse3, sse2, or is not what this process already uses
   */
  public CyclesDevice(DeviceOptions options) {
    CyclesNative.require();
    identity = identityOfThisBuild();
    handle = CyclesNative.deviceOpen(options.threads(), options.kernels());
    description = CyclesNative.deviceDescription(handle);
    kernels = CyclesNative.deviceKernels(handle);
  }

  /**
   * What workers must be to render the scenes of this build.
   *
   * @throws CyclesException if the native library is missing
   */
  public static DeviceIdentity identityOfThisBuild() {
    CyclesNative.require();
    String[] parts = CyclesNative.identity();
    return new DeviceIdentity(parts[0], parts[1], parts[2]);
  }

  /**
   * The highest kernel level this CPU has, for agreeing on the lowest common one.
   *
   * @throws CyclesException if the native library is missing
   */
  public static String bestKernelLevel() {
    CyclesNative.require();
    return CyclesNative.bestKernelLevel();
  }

  @Override
  public DeviceIdentity identity() {
    return identity;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public String kernels() {
    return kernels;
  }

  @Override
  public void check(BufferSpec spec) {
    CyclesNative.deviceCheck(spec.name(), spec.metadata(), spec.lengthBytes());
  }

  @Override
  public long workingBytes(List<BufferSpec> buffers) {
    return BvhMemory.estimate(buffers);
  }

  @Override
  public long heldBytes() {
    return CyclesNative.deviceHeldBytes(open());
  }

  @Override
  public void limitBytes(long most) {
    CyclesNative.deviceLimitBytes(open(), most);
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory region) {
    if (region.lengthBytes() < spec.lengthBytes()) {
      throw new CyclesException(spec + " doesn't fit its region of " + region.lengthBytes());
    }
    CyclesNative.deviceCopyTo(
        open(), spec.name(), spec.metadata(), region.address(), spec.lengthBytes());
  }

  @Override
  public void free(String name) {
    CyclesNative.deviceFree(open(), name);
  }

  @Override
  public void constCopyTo(String name, NativeMemory value) {
    CyclesNative.deviceConstCopyTo(open(), name, value.address(), value.lengthBytes());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Cycles has one top-level structure; its {@code name} doesn't matter.
   */
  @Override
  public void buildBvh(String name, NativeMemory description) {
    CyclesNative.deviceBuildBvh(open(), description.address(), description.lengthBytes());
  }

  @Override
  public void commit() {
    CyclesNative.deviceCommit(open());
  }

  @Override
  public boolean render(WorkUnit unit, int stride, NativeMemory pass) {
    return CyclesNative.deviceRender(
        open(),
        unit.x(),
        unit.y(),
        unit.width(),
        unit.height(),
        unit.firstSample(),
        unit.sampleCount(),
        stride,
        pass.address(),
        pass.lengthBytes());
  }

  @Override
  public void cancel() {
    synchronized (closing) {
      if (handle != 0) {
        CyclesNative.deviceCancel(handle);
      }
    }
  }

  @Override
  public void reset() {
    CyclesNative.deviceReset(open());
  }

  @Override
  public void close() {
    synchronized (closing) {
      if (handle != 0) {
        CyclesNative.deviceClose(handle);
        handle = 0;
      }
    }
  }

  private long open() {
    if (handle == 0) {
      throw new IllegalStateException("the device is closed");
    }
    return handle;
  }
}
