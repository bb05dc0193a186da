// SPDX-License-Identifier: Apache-2.0
package org.paceline.testnet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs programs of the system, to their end. */
final class SystemCommand {
  private SystemCommand() {}

  /**
   * What the program printed.
   *
   * @throws IllegalStateException if it isn't installed or failed, with its own words
   */
  static String run(String... command) {
    Process process;
    String output;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalStateException(
          command[0] + " can't be run; install it (Debian: apt-get install iproute2 libc-bin)", e);
    }
    // Not waitFor: an interrupted thread must still be able to remove what it made.
    if (process.onExit().join().exitValue() != 0) {
      throw new IllegalStateException("'" + String.join(" ", command) + "' failed: " + output);
    }
    return output;
  }
}
