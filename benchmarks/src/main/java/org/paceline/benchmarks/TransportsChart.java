// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.paceline.benchmarks.FanOut.Delivery;
import org.paceline.benchmarks.SideBySide.RoundTrips;
import org.w3c.dom.Document;

/** Draws the results of one run into one file, panel by panel. */
final class TransportsChart {
  private static final int PANEL_WIDTH = 780;
  private static final int PANEL_HEIGHT = 480;
  private static final int COLUMNS = 2;
  private static final double MIN_MICROSECONDS = 0.1;
  private static final String SVG_NAMESPACE = "http://www.w3.org/2000/svg";
  private static final BasicStroke SOLID = new BasicStroke(2.5f);
  private static final BasicStroke DASHED =
      new BasicStroke(
          1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 4}, 0);
  private static final Color BLUE = new Color(0x1f5fa8);
  private static final Color ORANGE = new Color(0xd2691e);
  private static final Color GREEN = new Color(0x2e8b57);

  private final List<Chart<?, ?>> panels = new ArrayList<>();

  /** Adds Gbit/s by the size of a write. */
  void throughput(SortedMap<Integer, Map<Kind, Double>> gigabits) {
    XYChart chart = lines("Region writes on one machine", "bytes a write", "Gbit/s");
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    for (Kind kind : gigabits.get(gigabits.firstKey()).keySet()) {
      List<Double> values = gigabits.values().stream().map(row -> row.get(kind)).toList();
      XYSeries series = chart.addSeries(kind.label(), List.copyOf(gigabits.keySet()), values);
      series.setLineColor(color(kind)).setLineStyle(kind.isPaceline() ? SOLID : DASHED);
      series.setMarkerColor(color(kind)).setMarker(SeriesMarkers.CIRCLE);
    }
    panels.add(chart);
  }

  /** Adds percentiles of messages sent one at a time. */
  void roundTrips(Map<Kind, RoundTrips> roundTrips) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(PANEL_WIDTH)
            .height(PANEL_HEIGHT)
            .title("64 B there and back, both ends spinning")
            .yAxisTitle("microseconds")
            .build();
    style(chart.getStyler());
    chart.getStyler().setYAxisLogarithmic(true);
    // The bars' foot: without it they would start at zero, which has no logarithm.
    chart.getStyler().setYAxisMin(MIN_MICROSECONDS);
    List<String> percentiles = List.of("p50", "p99", "p99.9");
    roundTrips.forEach(
        (kind, results) -> {
          List<Double> values =
              percentiles.stream()
                  .map(name -> Double.parseDouble(name.substring(1)))
                  .map(percentile -> RoundTrips.microseconds(results.closed(), percentile))
                  .toList();
          Color color = kind.isPaceline() ? color(kind) : pale(color(kind));
          chart.addSeries(kind.label(), percentiles, values).setFillColor(color);
        });
    panels.add(chart);
  }

  /** Adds times and bytes by the number of workers. */
  void deliveries(long sceneBytes, int linkMegabits, List<Delivery> deliveries) {
    String what =
        String.format(
            "A scene of %d MB over links of %d Mbit/s", sceneBytes / 1_000_000, linkMegabits);
    deliveries(deliveries, what, "seconds until the last worker has it", Delivery::seconds);
    deliveries(deliveries, what, "bytes that left the host, in scenes", Delivery::copies);
  }

  private void deliveries(
      List<Delivery> deliveries, String title, String axis, ToDoubleFunction<Delivery> value) {
    XYChart chart = lines(title, "workers", axis);
    chart.getStyler().setXAxisMin(0.0).setYAxisMin(0.0);
    for (FanOut.Way way : FanOut.Way.values()) {
      List<Delivery> own = deliveries.stream().filter(each -> each.way() == way).toList();
      if (!own.isEmpty()) {
        List<Integer> workers = own.stream().map(Delivery::workers).toList();
        List<Double> values = own.stream().mapToDouble(value).boxed().toList();
        XYSeries series = chart.addSeries(way.label(), workers, values);
        series.setLineColor(color(way)).setLineStyle(way == FanOut.Way.UFTP ? DASHED : SOLID);
        series.setMarkerColor(color(way)).setMarker(SeriesMarkers.CIRCLE);
      }
    }
    panels.add(chart);
  }

  private static XYChart lines(String title, String xAxis, String yAxis) {
    XYChart chart =
        new XYChartBuilder()
            .width(PANEL_WIDTH)
            .height(PANEL_HEIGHT)
            .title(title)
            .xAxisTitle(xAxis)
            .yAxisTitle(yAxis)
            .build();
    style(chart.getStyler());
    return chart;
  }

  private static void style(AxesChartStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(LegendPosition.OutsideE);
    styler.setLegendBorderColor(Color.WHITE);
  }

  private static Color color(Kind kind) {
    return switch (kind.baseline()) {
      case RAW_NIO -> BLUE;
      case RAW_AERON -> ORANGE;
      default -> GREEN;
    };
  }

  private static Color color(FanOut.Way way) {
    return switch (way) {
      case TCP -> BLUE;
      case AERON_MULTICAST -> ORANGE;
      case AERON_MULTICAST_EDITED -> GREEN;
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
    if (isSvg(file)) {
      SVGGraphics2D graphics = new SVGGraphics2D(emptySvg());
      graphics.setSVGCanvasSize(new Dimension(width(), height()));
      paint(graphics);
      try (Writer writer = Files.newBufferedWriter(file)) {
        graphics.stream(writer, true);
      }
    } else {
      BufferedImage image = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      paint(graphics);
      graphics.dispose();
      ImageIO.write(image, "png", file.toFile());
    }
  }

  static boolean isSvg(Path file) {
    return file.toString().endsWith(".svg");
  }

  private int width() {
    return COLUMNS * PANEL_WIDTH;
  }

  private int height() {
    return (panels.size() + COLUMNS - 1) / COLUMNS * PANEL_HEIGHT;
  }

  private void paint(Graphics2D graphics) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width(), height());
    for (int i = 0; i < panels.size(); i++) {
      Graphics2D panel =
          (Graphics2D)
              graphics.create(
                  i % COLUMNS * PANEL_WIDTH, i / COLUMNS * PANEL_HEIGHT, PANEL_WIDTH, PANEL_HEIGHT);
      panels.get(i).paint(panel, PANEL_WIDTH, PANEL_HEIGHT);
      panel.dispose();
    }
  }

  private static Document emptySvg() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(SVG_NAMESPACE, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this JDK has no XML parser", e);
    }
  }
}
