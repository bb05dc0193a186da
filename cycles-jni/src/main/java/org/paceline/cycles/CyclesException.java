// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import org.paceline.api.device.DeviceException;

/**
 * Cycles, or the bridge to it, can't do what it was asked. The message names the file and line, the
 * buffer or the value, and the reason.
 */
public final class CyclesException extends DeviceException {
  private static final long serialVersionUID = 1L;

  /** With a sentence that says what, with which value, and what to do. */
  public CyclesException(String message) {
    super(message);
  }

  /** With a cause. */
  public CyclesException(String message, Throwable cause) {
    super(message, cause);
  }
}
