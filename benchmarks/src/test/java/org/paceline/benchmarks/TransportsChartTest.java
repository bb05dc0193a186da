// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.benchmarks.FanOut.Delivery;
import org.paceline.benchmarks.FanOut.Way;
import org.paceline.benchmarks.SideBySide.RoundTrips;

/** The chart has a panel for each table, in both formats. */
class TransportsChartTest {
  @TempDir private Path directory;

  @Test
  void writesPanelsSideBySideAsSvgAndAsPng() throws Exception {
    TransportsChart chart = new TransportsChart();
    chart.throughput(
        new TreeMap<>(
            Map.of(
                64,
                Map.of(Kind.TCP, 0.5, Kind.RAW_NIO, 0.1),
                1 << 20,
                Map.of(Kind.TCP, 40.0, Kind.RAW_NIO, 50.0))));
    Histogram microseconds = new Histogram(3);
    microseconds.recordValue(6_000);
    RoundTrips roundTrips = new RoundTrips(List.of(microseconds), List.of(microseconds));
    chart.roundTrips(Map.of(Kind.TCP, roundTrips, Kind.RAW_NIO, roundTrips));
    chart.deliveries(
        1_000_000,
        1000,
        List.of(new Delivery(Way.TCP, 1, 1, 1, ""), new Delivery(Way.TCP, 8, 8, 8, "")));

    Path png = directory.resolve("chart.png");
    chart.write(png);
    BufferedImage image = ImageIO.read(png.toFile());
    assertEquals(2 * 780, image.getWidth());
    assertEquals(2 * 480, image.getHeight());

    Path svg = directory.resolve("chart.svg");
    chart.write(svg);
    String text = Files.readString(svg);
    assertTrue(text.contains("<svg") && text.contains("width=\"1560\""), "no SVG of that size");
  }
}
