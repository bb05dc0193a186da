// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

/** Ends a command with a sentence a person can act on and an exit code. */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CliException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  static CliException failed(String message) {
    return new CliException(ExitCodes.FAILED, message, null);
  }

  static CliException failed(String message, Throwable cause) {
    return new CliException(ExitCodes.FAILED, message, cause);
  }

  static CliException usage(String message) {
    return new CliException(ExitCodes.USAGE, message, null);
  }

  static CliException usage(String message, Throwable cause) {
    return new CliException(ExitCodes.USAGE, message, cause);
  }

  static CliException environment(String message) {
    return new CliException(ExitCodes.ENVIRONMENT, message, null);
  }

  int exitCode() {
    return exitCode;
  }
}
