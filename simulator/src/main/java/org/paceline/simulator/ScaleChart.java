// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.awt.Color;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;
import org.paceline.charts.ChartSheet;

/** Draws the table of large clusters by the round trip, a line for each cluster. */
final class ScaleChart {
  private static final List<Color> COLORS =
      List.of(ChartSheet.BLUE, ChartSheet.GREEN, ChartSheet.ORANGE);

  private final ChartSheet sheet = new ChartSheet();
  private final Map<String, List<Scale.Row>> clusters;

  private ScaleChart(List<Scale.Row> rows) {
    clusters =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> label(row.setting()), LinkedHashMap::new, Collectors.toList()));
  }

  static ChartSheet of(List<Scale.Row> rows) {
    ScaleChart chart = new ScaleChart(rows);
    XYChart use = chart.panel("Use of all workers, %");
    use.getStyler().setYAxisMax(100.0);
    chart.lines(use, ", busy", result -> 100 * result.busy(), false);
    chart.lines(use, ", used", result -> 100 * result.used(), true);
    chart.fromZero("Time to the first pass, ms", result -> result.firstPassNs() / 1e6);
    chart.fromZero(
        "Messages that the host sends and gets, thousands/s",
        result -> result.messagesPerSecond() / 1e3);
    chart.fromZero("Bytes that the host gets, GB/s", result -> result.bytesPerSecond() / 1e9);
    return chart.sheet;
  }

  private XYChart panel(String title) {
    XYChart chart = sheet.lines(title, "round trip, ms", "");
    chart.getStyler().setXAxisMin(0.0);
    return chart;
  }

  private void fromZero(String title, ToDoubleFunction<LargeCluster.Result> value) {
    XYChart chart = panel(title);
    chart.getStyler().setYAxisMin(0.0);
    lines(chart, "", value, false);
  }

  private void lines(
      XYChart chart, String suffix, ToDoubleFunction<LargeCluster.Result> value, boolean dashed) {
    int color = 0;
    for (Map.Entry<String, List<Scale.Row>> cluster : clusters.entrySet()) {
      List<Double> milliseconds =
          cluster.getValue().stream().map(row -> row.setting().roundTripNs() / 1e6).toList();
      List<Double> values =
          cluster.getValue().stream().map(row -> value.applyAsDouble(row.result())).toList();
      ChartSheet.line(
          chart,
          cluster.getKey() + suffix,
          milliseconds,
          values,
          COLORS.get(color++ % COLORS.size()),
          dashed);
    }
  }

  private static String label(LargeCluster.Setting setting) {
    return setting.leavingPerSecond() == 0
        ? String.format(Locale.ROOT, "%,d", setting.workers())
        : String.format(
            Locale.ROOT, "%,d (%.0f %%)", setting.workers(), 100 * setting.leavingPerSecond());
  }
}
