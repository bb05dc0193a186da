// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.device;

/** Makes render devices of one kind; listed in {@code META-INF/services}. */
public interface RenderDeviceProvider {
  /** What a user calls it, for example {@code cycles} or {@code reference}. */
  String name();

  /**
   * Empty if a device can be opened here, else a sentence that says what is missing and what to do.
   */
  String unavailable();

  /**
   * Opens a device.
   *
   * @throws DeviceException with a sentence a user can act on
   */
  RenderDevice open(DeviceOptions options);
}
