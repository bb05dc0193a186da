// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.protocol;

/**
 * A peer sent what the protocol doesn't allow; its channel is closed with the message as the
 * reason.
 */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the offending value. */
  public ProtocolException(String message) {
    super(message, null, false, false);
  }

  /** Throws unless {@code min <= value <= max}. */
  public static long inRange(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new ProtocolException(what + "=" + value + " is not in " + min + ".." + max);
    }
    return value;
  }
}
