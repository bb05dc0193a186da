// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

/** What the process ends with; documented in {@code paceline --help}. */
final class ExitCodes {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int ENVIRONMENT = 3;
  static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
