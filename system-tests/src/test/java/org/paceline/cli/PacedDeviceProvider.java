// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.device.RenderDeviceProvider;
import org.paceline.reference.PacedDevice;
import org.paceline.reference.ReferenceDeviceProvider;

/** Opens the reference device, slowly: under the name {@code paced}. */
public final class PacedDeviceProvider implements RenderDeviceProvider {
  /** What each of its threads renders, had it a core. */
  private static final long SAMPLES_PER_SECOND = 12_000;

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
