// SPDX-License-Identifier: Apache-2.0
package org.paceline.charts;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
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
import org.paceline.api.FileWriteException;
import org.paceline.api.WholeFile;
import org.w3c.dom.Document;

/** Charts side by side in one file. For one thread. */
public final class ChartSheet {
  /** For series that readers shall tell apart. */
  public static final Color BLUE = new Color(0x1f5fa8);

  /** For series that readers shall tell apart. */
  public static final Color ORANGE = new Color(0xd2691e);

  /** For series that readers shall tell apart. */
  public static final Color GREEN = new Color(0x2e8b57);

  private static final int PANEL_WIDTH = 780;
  private static final int PANEL_HEIGHT = 480;
  private static final int COLUMNS = 2;

  /** Pixels between two marks on an axis, about. */
  private static final int TICKS = 100;

  private static final String SVG_NAMESPACE = "http://www.w3.org/2000/svg";

  /** Letters are drawn as outlines, and more digits of those would be most of the file. */
  private static final int SVG_DIGITS = 1;

  private static final BasicStroke SOLID = new BasicStroke(2.5f);
  private static final BasicStroke HAIRLINE = new BasicStroke(1);
  private static final Color GRID = new Color(0xe0e0e0);
  private static final BasicStroke DASHED =
      new BasicStroke(
          1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 4}, 0);

  private final List<Chart<?, ?>> panels = new ArrayList<>();

  /** An empty one. */
  public ChartSheet() {}

  /**
   * Says why a file can't be written, before hours are spent on what shall be in it.
   *
   * @return empty if nothing is known to be in the way
   */
  public static Optional<String> problemWith(Path file) {
    if (!isSvg(file) && !file.toString().endsWith(".png")) {
      return Optional.of("ends in neither .svg nor .png");
    }
    return Files.isDirectory(file.toAbsolutePath().getParent())
        ? Optional.empty()
        : Optional.of("there is no such directory");
  }

  /** Adds a chart that takes lines. */
  public XYChart lines(String title, String xAxis, String yAxis) {
    XYChart chart =
        new XYChartBuilder()
            .width(PANEL_WIDTH)
            .height(PANEL_HEIGHT)
            .title(title)
            .xAxisTitle(xAxis)
            .yAxisTitle(yAxis)
            .build();
    add(chart, chart.getStyler());
    return chart;
  }

  /** Adds a line, solid for what is looked at and dashed for what is beside it. */
  public static void line(
      XYChart chart,
      String name,
      List<? extends Number> x,
      List<? extends Number> y,
      Color color,
      boolean dashed) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setLineColor(color).setLineStyle(dashed ? DASHED : SOLID);
    series.setMarkerColor(color).setMarker(SeriesMarkers.CIRCLE);
  }

  /** Adds a chart that takes bars. */
  public CategoryChart bars(String title, String yAxis) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(PANEL_WIDTH)
            .height(PANEL_HEIGHT)
            .title(title)
            .yAxisTitle(yAxis)
            .build();
    add(chart, chart.getStyler());
    return chart;
  }

  private void add(Chart<?, ?> chart, AxesChartStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(LegendPosition.OutsideE);
    styler.setLegendBorderColor(Color.WHITE);
    // Not dashed: each dash would be a shape of its own in the file.
    styler.setPlotGridLinesStroke(HAIRLINE).setPlotGridLinesColor(GRID);
    styler.setXAxisTickMarkSpacingHint(TICKS).setYAxisTickMarkSpacingHint(TICKS);
    panels.add(chart);
  }

  /**
   * Writes SVG or PNG, as the file's name ends.
   *
   * @throws FileWriteException if the file can't be written; the former one is as it was then
   */
  public void write(Path file) {
    WholeFile.replace(file, isSvg(file) ? this::writeSvg : this::writePng);
  }

  private void writeSvg(OutputStream out) throws IOException {
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(emptySvg());
    context.setPrecision(SVG_DIGITS);
    SVGGraphics2D graphics = new SVGGraphics2D(context, false);
    graphics.setSVGCanvasSize(new Dimension(width(), height()));
    paint(graphics);
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    graphics.stream(writer, true);
    writer.flush();
  }

  private void writePng(OutputStream out) throws IOException {
    BufferedImage image = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    paint(graphics);
    graphics.dispose();
    try (ImageOutputStream png = new MemoryCacheImageOutputStream(out)) {
      ImageIO.write(image, "png", png);
    }
  }

  private static boolean isSvg(Path file) {
    return file.toString().endsWith(".svg");
  }

  private static int width() {
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
