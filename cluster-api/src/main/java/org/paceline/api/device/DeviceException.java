// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.device;

/**
 * A device can't do what it was asked: the scene doesn't fit it, memory is short, a kernel failed.
 */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence that says what, with which value, and what to do. */
  public DeviceException(String message) {
    super(message);
  }

  /** With a cause. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
