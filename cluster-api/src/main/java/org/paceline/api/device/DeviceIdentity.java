// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.device;

/**
 * What must be equal on host and worker so that one's bytes mean the same to the other.
 *
 * @param renderer for example {@code cycles}
 * @param version the renderer's version
 * @param abi sizes of shared structures, kernel features, bridge version: anything else that must
 *     agree
 */
public record DeviceIdentity(String renderer, String version, String abi) {
  /** Longest value of each part in characters. */
  public static final int MAX_LENGTH = 512;

  /** Validates. */
  public DeviceIdentity {
    for (String part : new String[] {renderer, version, abi}) {
      if (part.length() > MAX_LENGTH) {
        throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters: " + part);
      }
    }
  }

  @Override
  public String toString() {
    return renderer + " " + version + " (" + abi + ")";
  }
}
