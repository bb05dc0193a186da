// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.net.http.HttpClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.paceline.discovery.Browser;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what workers and renders do, again and again. */
@Command(
    name = "top",
    sortOptions = false,
    description = {
      "Show what workers and renders do, each second until Ctrl-C.",
      "They must have been started with --metrics. Without an address, the workers are shown that"
          + " announce themselves and have your key, or, without a key, run on this machine."
    },
    footer = {
      "%nExamples:",
      "  ./paceline top --key-file key            workers started with --metrics 0.0.0.0:9464",
      "  ./paceline top 9464                      on this machine",
      "  ./paceline top pc2:9464 pc3:9464 9465    two workers and the render here",
      "  ./paceline top --once pc2:9464           once, for a script"
    })
final class TopCommand implements Callable<Integer> {
  private static final long INTERVAL_MS = TimeUnit.SECONDS.toMillis(1);
  private static final String CLEAR_SCREEN = "\033[H\033[2J";

  private final Console console;
  private final Map<MetricsAddress, MetricsReader> readers = new LinkedHashMap<>();

  @Parameters(
      paramLabel = "[HOST:]PORT",
      arity = "0..*",
      description = "Where a worker or a render serves its metrics (default: found by mDNS).")
  private List<String> addresses = List.of();

  @Mixin private SearchOptions search;

  @Option(names = "--once", description = "Show one second and end; 1 if something can't be read.")
  private boolean once;

  TopCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (!addresses.isEmpty()) {
      List<MetricsAddress> named =
          addresses.stream().map(text -> MetricsAddress.parse("top", text)).toList();
      return show(MetricsReader.client(), () -> named);
    }
    search.check();
    String key = search.key(console);
    try (Browser browser = Browser.start()) {
      search.await();
      return show(MetricsReader.client(), () -> announced(browser, key));
    }
  }

  private static List<MetricsAddress> announced(Browser browser, String key) {
    return browser.workers().stream()
        .filter(
            worker -> !worker.addressesFor(key).isEmpty() && worker.profile().metricsPort() != 0)
        .map(
            worker ->
                new MetricsAddress(
                    worker.addressesFor(key).get(0).host(), worker.profile().metricsPort()))
        .distinct()
        .toList();
  }

  private int show(HttpClient client, Supplier<List<MetricsAddress>> source)
      throws InterruptedException {
    read(client, source.get());
    while (true) {
      Thread.sleep(INTERVAL_MS);
      List<MetricsReader.Readings> readings = read(client, source.get());
      String table =
          readings.isEmpty()
              ? "No worker of yours announces metrics here; './paceline worker --metrics' has one do so"
              : TopTable.of(readings);
      if (once) {
        console.result(table.stripTrailing());
        boolean allTold = readings.stream().allMatch(reading -> reading.now().isPresent());
        return allTold ? ExitCodes.OK : ExitCodes.FAILED;
      }
      console.result((console.inPlace() ? CLEAR_SCREEN : "") + table);
    }
  }

  /** All at once, so that one that doesn't answer holds up nobody for long. */
  private List<MetricsReader.Readings> read(HttpClient client, List<MetricsAddress> now) {
    readers.keySet().retainAll(now);
    now.forEach(address -> readers.computeIfAbsent(address, key -> new MetricsReader(client, key)));
    List<CompletableFuture<MetricsReader.Readings>> pending =
        readers.values().stream().map(MetricsReader::read).toList();
    return pending.stream().map(CompletableFuture::join).toList();
  }
}
