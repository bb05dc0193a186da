// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What large clusters were measured at is drawn. */
class ScaleChartTest {
  private static final int[] ROUND_TRIPS_MS = {1, 20, 100};

  @TempDir private Path directory;

  @Test
  void drawsALineForEachClusterInEachPanel() throws Exception {
    List<Scale.Row> rows = new ArrayList<>();
    for (int roundTripMs : ROUND_TRIPS_MS) {
      rows.add(row(1_000, roundTripMs, 0));
      rows.add(row(10_000, roundTripMs, 0.01));
    }
    Path svg = directory.resolve("scale.svg");
    ScaleChart.of(rows).write(svg);
    String text = Files.readString(svg);
    // Five lines of each cluster, and for each a mark in a legend.
    int marks = text.split("<circle", -1).length - 1;
    assertEquals(2 * 5 * (ROUND_TRIPS_MS.length + 1), marks);
  }

  private static Scale.Row row(int workers, long roundTripMs, double leaving) {
    return new Scale.Row(
        new LargeCluster.Setting(workers, roundTripMs * 1_000_000, leaving),
        new LargeCluster.Result(
            0.99,
            0.96 + leaving,
            21,
            20,
            roundTripMs * 1_000_000,
            1,
            workers * 10.0,
            workers * 2e5,
            0.1,
            0.5));
  }
}
