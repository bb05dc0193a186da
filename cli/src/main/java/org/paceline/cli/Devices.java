// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.List;
import java.util.ServiceLoader;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.device.RenderDeviceProvider;

/** The render devices on the class path. */
final class Devices {
  private Devices() {}

  static List<RenderDeviceProvider> all() {
    return ServiceLoader.load(RenderDeviceProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /** Opens the named device, or says what is missing. */
  static RenderDevice open(String name, DeviceOptions options) {
    RenderDeviceProvider provider = provider(name);
    requireAvailable(provider);
    return provider.open(options);
  }

  /** Throws unless the named device can be opened here. */
  static void requireAvailable(String name) {
    requireAvailable(provider(name));
  }

  private static void requireAvailable(RenderDeviceProvider provider) {
    String reason = provider.unavailable();
    if (!reason.isEmpty()) {
      throw CliException.environment("device " + provider.name() + ": " + reason);
    }
  }

  private static RenderDeviceProvider provider(String name) {
    List<RenderDeviceProvider> providers = all();
    return providers.stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CliException.usage(
                    "no device '"
                        + name
                        + "'; there are "
                        + providers.stream().map(RenderDeviceProvider::name).sorted().toList()));
  }
}
