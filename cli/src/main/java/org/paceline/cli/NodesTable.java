// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.paceline.discovery.FoundWorker;

/** Found workers as lines of columns. */
final class NodesTable {
  private static final List<String> HEADER =
      List.of("NAME", "ADDRESS", "DEVICE", "THREADS", "STATE", "SAMPLES/S", "KEY");
  private static final String GAP = "  ";

  private NodesTable() {}

  /** A line for each worker, and one above them; {@code key} is this host's. */
  static List<String> lines(List<FoundWorker> workers, String key) {
    List<List<String>> rows = new ArrayList<>(List.of(HEADER));
    workers.forEach(worker -> rows.add(row(worker, key)));
    List<Integer> widths =
        IntStream.range(0, HEADER.size())
            .mapToObj(
                column ->
                    Collections.max(rows.stream().map(row -> row.get(column).length()).toList()))
            .toList();
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, List<Integer> widths) {
    return IntStream.range(0, row.size())
        .mapToObj(column -> padded(row.get(column), widths.get(column)))
        .collect(Collectors.joining(GAP))
        .stripTrailing();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private static List<String> row(FoundWorker worker, String key) {
    int cores = worker.profile().cores();
    return List.of(
        worker.profile().name(),
        worker.endpoint().toString(),
        worker.profile().device(),
        cores == 0 ? "" : String.valueOf(cores),
        worker.load().busy() ? "busy" : "idle",
        rate(worker.load().samplesPerSecond()),
        key(worker, key));
  }

  private static String rate(long samplesPerSecond) {
    if (samplesPerSecond >= 1_000_000) {
      return String.format(Locale.ROOT, "%.1f M", samplesPerSecond / 1e6);
    }
    return samplesPerSecond >= 1000
        ? String.format(Locale.ROOT, "%.0f k", samplesPerSecond / 1e3)
        : String.valueOf(samplesPerSecond);
  }

  private static String key(FoundWorker worker, String key) {
    if (worker.profile().keyFingerprint().isEmpty()) {
      return "none";
    }
    return worker.sharesKey(key) ? "yours" : "another";
  }
}
