// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what workers and renders do, again and again. */
@Command(
    name = "top",
    sortOptions = false,
    description = {
      "Show what workers and renders do, each second until Ctrl-C.",
      "They must have been started with --metrics."
    },
    footer = {
      "%nExamples:",
      "  ./paceline top 9464                      on this machine",
      "  ./paceline top pc2:9464 pc3:9464 9465    two workers and the render here",
      "  ./paceline top --once pc2:9464           once, for a script"
    })
final class TopCommand implements Callable<Integer> {
  private static final long INTERVAL_MS = TimeUnit.SECONDS.toMillis(1);
  private static final String CLEAR_SCREEN = "\033[H\033[2J";

  private final Console console;

  @Parameters(
      paramLabel = "[HOST:]PORT",
      arity = "1..*",
      description = "Where a worker or a render serves its metrics.")
  private List<String> addresses = List.of();

  @Option(names = "--once", description = "Show one second and end; 1 if something can't be read.")
  private boolean once;

  TopCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    HttpClient client = MetricsReader.client();
    List<MetricsReader> readers =
        addresses.stream()
            .map(text -> new MetricsReader(client, MetricsAddress.parse("top", text)))
            .toList();
    read(readers);
    while (true) {
      Thread.sleep(INTERVAL_MS);
      List<MetricsReader.Readings> readings = read(readers);
      String table = TopTable.of(readings);
      if (once) {
        console.result(table.stripTrailing());
        boolean allTold = readings.stream().allMatch(reading -> reading.now().isPresent());
        return allTold ? ExitCodes.OK : ExitCodes.FAILED;
      }
      console.result((console.inPlace() ? CLEAR_SCREEN : "") + table);
    }
  }

  /** All at once, so that one that doesn't answer holds up nobody for long. */
  private static List<MetricsReader.Readings> read(List<MetricsReader> readers) {
    List<CompletableFuture<MetricsReader.Readings>> pending =
        readers.stream().map(MetricsReader::read).toList();
    return pending.stream().map(CompletableFuture::join).toList();
  }
}
