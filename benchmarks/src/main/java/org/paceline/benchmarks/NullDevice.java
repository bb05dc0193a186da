// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.RenderDevice;

/** Takes any scene and renders black, at once: what is left is the cluster's own time. */
final class NullDevice implements RenderDevice {
  static final DeviceIdentity IDENTITY = new DeviceIdentity("null", "1", "");

  @Override
  public DeviceIdentity identity() {
    return IDENTITY;
  }

  @Override
  public String description() {
    return "renders nothing";
  }

  @Override
  public void copyTo(BufferSpec spec, NativeMemory region) {}

  @Override
  public void free(String name) {}

  @Override
  public void constCopyTo(String name, NativeMemory value) {}

  @Override
  public void buildBvh(String name, NativeMemory description) {}

  @Override
  public void commit() {}

  @Override
  public boolean render(WorkUnit unit, int stride, NativeMemory pass) {
    pass.zero(0, unit.pixels() * stride * Float.BYTES);
    return true;
  }

  @Override
  public void cancel() {}

  @Override
  public void reset() {}

  @Override
  public void close() {}
}
