// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.paceline.discovery.Browser;
import org.paceline.discovery.FoundWorker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the workers that announce themselves. */
@Command(
    name = "nodes",
    sortOptions = false,
    description = {
      "List the workers that announce themselves on this machine's networks and on itself.",
      "A worker whose key isn't yours is listed, but 'render' doesn't use it."
    },
    footer = {
      "%nExamples:",
      "  ./paceline nodes --key-file key",
      "  ./paceline nodes --watch           again and again, until Ctrl-C"
    })
final class NodesCommand implements Callable<Integer> {
  private static final String CLEAR_SCREEN = "\033[H\033[2J";
  private static final long WATCH_MS = 1000;

  private final Console console;

  @Option(names = "--watch", description = "Show every change, until Ctrl-C.")
  private boolean watch;

  @Mixin private SearchOptions search;

  NodesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    search.check();
    String key = search.key(console);
    try (Browser browser = Browser.start()) {
      search.await();
      List<FoundWorker> workers = browser.workers();
      show(workers, key);
      while (watch) {
        TimeUnit.MILLISECONDS.sleep(WATCH_MS);
        List<String> shown = NodesTable.lines(workers, key);
        workers = browser.workers();
        if (!NodesTable.lines(workers, key).equals(shown)) {
          show(workers, key);
        }
      }
    }
    return ExitCodes.OK;
  }

  private void show(List<FoundWorker> workers, String key) {
    if (watch && console.inPlace()) {
      console.result(CLEAR_SCREEN);
    }
    NodesTable.lines(workers, key).forEach(console::result);
    if (workers.isEmpty()) {
      console.say("No worker announces itself here; './paceline worker' starts one");
    }
  }
}
