// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import org.paceline.api.device.DeviceException;

/** Refusals of what came from another machine, as sentences. */
final class Checks {
  /** Coordinates beyond this would overflow when squared and multiplied in {@code float}. */
  static final float MAX_COORDINATE = 1e8f;

  private Checks() {}

  static void range(String what, float value, float low, float high) {
    if (!(value >= low && value <= high)) {
      throw new DeviceException(what + "=" + value + " is not in " + low + ".." + high);
    }
  }

  static void range(String what, int value, int low, int high) {
    if (value < low || value > high) {
      throw new DeviceException(what + "=" + value + " is not in " + low + ".." + high);
    }
  }

  static void length(String what, long lengthBytes, long expected) {
    if (lengthBytes != expected) {
      throw new DeviceException(what + " has " + lengthBytes + " bytes, but must have " + expected);
    }
  }

  /** Number of elements in a buffer that must be a whole number of them, at most {@code max}. */
  static int count(String what, long lengthBytes, int elementBytes, int max) {
    if (lengthBytes % elementBytes != 0 || lengthBytes / elementBytes > max) {
      throw new DeviceException(
          what
              + " has "
              + lengthBytes
              + " bytes, but must have a multiple of "
              + elementBytes
              + " and at most "
              + (long) max * elementBytes);
    }
    return (int) (lengthBytes / elementBytes);
  }
}
