// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.device.RenderDeviceProvider;

/** Makes {@link CyclesDevice}s. */
public final class CyclesDeviceProvider implements RenderDeviceProvider {
  /** For {@link java.util.ServiceLoader}. */
  public CyclesDeviceProvider() {}

  @Override
  public String name() {
    return "cycles";
  }

  @Override
  public String unavailable() {
    return CyclesNative.unavailable();
  }

  @Override
  public RenderDevice open(DeviceOptions options) {
    return new CyclesDevice(options);
  }
}
