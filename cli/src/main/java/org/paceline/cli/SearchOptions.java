// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The options of commands that look for workers which announce themselves. */
final class SearchOptions {
  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description =
          "How long to listen to announcements before anything is shown (default: ${DEFAULT-VALUE}).")
  private int waitSeconds;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "File whose first line is your cluster's key.")
  private Path keyFile;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Read the key from a HOCON file; --key-file wins over it.")
  private Path config;

  /** The cluster's key, empty if none is named. */
  String key(Console console) {
    return keyFile == null
        ? ClusterPlan.settings(config).key()
        : KeyFile.read(keyFile, console::say);
  }

  /** Returns when announcements had time to come. */
  void await() throws InterruptedException {
    TimeUnit.SECONDS.sleep(waitSeconds);
  }

  /**
   * Checks what can't be checked later without having waited for nothing.
   *
   * @throws CliException saying which option is wrong
   */
  void check() {
    if (waitSeconds < 0) {
      throw CliException.usage("--wait=" + waitSeconds + ": must be at least 0");
    }
  }
}
