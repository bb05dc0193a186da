// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import picocli.CommandLine.Option;

/** The option of every command that can be watched while it runs. */
final class MetricsOption {
  @Option(
      names = "--metrics",
      paramLabel = "[HOST:]PORT",
      description =
          "Serve metrics for Prometheus and './paceline top' there, at /metrics; on the loopback"
              + " address unless another is named. Whoever reaches it can read them. A worker announces"
              + " them if they can be had where it can.")
  private String address;

  /**
   * Starts what serves the metrics, if the option was given.
   *
   * @throws CliException if the address is wrong or can't be had
   */
  MetricsServer start(Console console) {
    if (address == null) {
      return MetricsServer.silent();
    }
    MetricsServer server = MetricsServer.start(MetricsAddress.parse("--metrics", address));
    console.say("metrics at " + server.url());
    return server;
  }
}
