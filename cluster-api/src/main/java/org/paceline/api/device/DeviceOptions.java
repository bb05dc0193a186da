// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.device;

/**
 * How to open a device.
 *
 * @param threads render threads, at least 1
 * @param kernels instruction set level of the kernels, {@code auto} for the best this CPU has;
 *     devices refuse what they don't know
 */
public record DeviceOptions(int threads, String kernels) {
  /** Validates. */
  public DeviceOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads=" + threads + " must be at least 1");
    }
  }
}
