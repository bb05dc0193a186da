// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/**
 * A configuration can't be used; the message names file, line, key, value and what was expected.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a full sentence. */
  public ConfigurationException(String message) {
    super(message);
  }

  /** With a cause. */
  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
