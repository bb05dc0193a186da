// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import picocli.CommandLine.Option;

/** The option of every command that renders. */
final class TimingsOption {
  @Option(
      names = "--timings",
      description = "Say how long each step took, and the CPU time of this process.")
  private boolean wanted;

  boolean wanted() {
    return wanted;
  }
}
