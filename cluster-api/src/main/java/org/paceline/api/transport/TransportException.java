// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

/**
 * An endpoint can't be used. Flow control and lost peers are never exceptions; see {@link Channel}.
 */
public class TransportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence that says what to do. */
  public TransportException(String message) {
    super(message);
  }

  /** With a cause. */
  public TransportException(String message, Throwable cause) {
    super(message, cause);
  }
}
