// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.paceline.benchmarks.FanOut.Delivery;
import org.paceline.benchmarks.SideBySide.RoundTrips;
import org.paceline.charts.ChartSheet;

/** Draws the results of one run into one file, panel by panel. */
final class TransportsChart {
  private static final double MIN_MICROSECONDS = 0.1;
  private final ChartSheet sheet = new ChartSheet();

  /** Adds Gbit/s by the size of a write. */
  void throughput(SortedMap<Integer, Map<Kind, Double>> gigabits) {
    XYChart chart = sheet.lines("Region writes on one machine", "bytes a write", "Gbit/s");
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    for (Kind kind : gigabits.get(gigabits.firstKey()).keySet()) {
      List<Double> values = gigabits.values().stream().map(row -> row.get(kind)).toList();
      List<Integer> sizes = List.copyOf(gigabits.keySet());
      ChartSheet.line(chart, kind.label(), sizes, values, color(kind), !kind.isPaceline());
    }
  }

  /** Adds percentiles of messages sent one at a time. */
  void roundTrips(Map<Kind, RoundTrips> roundTrips) {
    CategoryChart chart = sheet.bars("64 B there and back, both ends spinning", "microseconds");
    chart.getStyler().setYAxisLogarithmic(true);
    // The bars' foot: without it they would start at zero, which has no logarithm.
    chart.getStyler().setYAxisMin(MIN_MICROSECONDS);
    List<String> percentiles = List.of("p50", "p99", "p99.9");
    roundTrips.forEach(
        (kind, results) -> {
          List<Double> values =
              percentiles.stream()
                  .map(name -> Double.parseDouble(name.substring(1)))
                  .map(p -> SideBySide.median(RoundTrips.microseconds(results.closed(), p)))
                  .toList();
          Color color = kind.isPaceline() ? color(kind) : pale(color(kind));
          chart.addSeries(kind.label(), percentiles, values).setFillColor(color);
        });
  }

  /** Adds times and bytes by the number of workers. */
  void deliveries(long sceneBytes, int linkMegabits, List<Delivery> deliveries) {
    String what =
        String.format(
            Locale.ROOT,
            "A scene of %d MB over links of %d Mbit/s",
            sceneBytes / 1_000_000,
            linkMegabits);
    deliveries(deliveries, what, "seconds until the last worker has it", Delivery::seconds);
    deliveries(deliveries, what, "bytes that left the host, in scenes", Delivery::copies);
  }

  private void deliveries(
      List<Delivery> deliveries, String title, String axis, ToDoubleFunction<Delivery> value) {
    XYChart chart = sheet.lines(title, "workers", axis);
    chart.getStyler().setXAxisMin(0.0).setYAxisMin(0.0);
    for (FanOut.Way way : FanOut.Way.values()) {
      List<Delivery> own = deliveries.stream().filter(each -> each.way() == way).toList();
      if (!own.isEmpty()) {
        List<Integer> workers = own.stream().map(Delivery::workers).toList();
        List<Double> values = own.stream().mapToDouble(value).boxed().toList();
        ChartSheet.line(chart, way.label(), workers, values, color(way), way == FanOut.Way.UFTP);
      }
    }
  }

  private static Color color(Kind kind) {
    return switch (kind.baseline()) {
      case RAW_NIO -> ChartSheet.BLUE;
      case RAW_AERON -> ChartSheet.ORANGE;
      default -> ChartSheet.GREEN;
    };
  }

  private static Color color(FanOut.Way way) {
    return switch (way) {
      case TCP -> ChartSheet.BLUE;
      case AERON_MULTICAST -> ChartSheet.ORANGE;
      case AERON_MULTICAST_LATER -> pale(ChartSheet.GREEN);
      case AERON_MULTICAST_EDITED -> ChartSheet.GREEN;
      case UFTP -> Color.GRAY;
    };
  }

  private static Color pale(Color color) {
    return new Color(
        (color.getRed() + 2 * 255) / 3,
        (color.getGreen() + 2 * 255) / 3,
        (color.getBlue() + 2 * 255) / 3);
  }

  /** Writes SVG or PNG, as the file's name ends. */
  void write(Path file) throws IOException {
    sheet.write(file);
  }
}
