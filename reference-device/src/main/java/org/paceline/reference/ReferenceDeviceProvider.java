// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import org.paceline.api.device.DeviceException;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.device.RenderDeviceProvider;

/** Opens {@link ReferenceDevice}s; it runs wherever Java does. */
public final class ReferenceDeviceProvider implements RenderDeviceProvider {
  private static final int MAX_THREADS = 1024;

  /** For {@link java.util.ServiceLoader}. */
  public ReferenceDeviceProvider() {}

  @Override
  public String name() {
    return ReferenceDevice.IDENTITY.renderer();
  }

  @Override
  public String unavailable() {
    return "";
  }

  @Override
  public RenderDevice open(DeviceOptions options) {
    Checks.range("threads", options.threads(), 1, MAX_THREADS);
    if (!options.kernels().equals("auto")) {
      throw new DeviceException(
          "kernels=" + options.kernels() + " is unknown to the reference device; use auto");
    }
    return new ReferenceDevice(options);
  }
}
