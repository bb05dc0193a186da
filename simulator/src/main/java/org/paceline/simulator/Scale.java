// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table of how well large clusters are used. */
final class Scale {
  private static final int MANY = 1_000;
  private static final int VERY_MANY = 10_000;
  private static final long[] ROUND_TRIPS_MS = {1, 20, 100};
  private static final double LEAVING = 0.01;

  /** One line of it. */
  record Row(LargeCluster.Setting setting, LargeCluster.Result result) {}

  private final PrintStream out;
  private final List<Row> rows = new ArrayList<>();

  private Scale(PrintStream out) {
    this.out = out;
  }

  /** Prints each line when it is had. */
  static List<Row> print(PrintStream out) {
    Scale scale = new Scale(out);
    out.println(
        "workers | round trip | leave/s | busy | used | seconds (ideal) | first pass | all have the"
            + " scene | messages/s | to the host | kept aside | host thread");
    scale.add(MANY, 0);
    scale.add(MANY, LEAVING);
    scale.add(VERY_MANY, LEAVING);
    return scale.rows;
  }

  private void add(int workers, double leaving) {
    for (long roundTripMs : ROUND_TRIPS_MS) {
      LargeCluster.Setting setting =
          new LargeCluster.Setting(workers, roundTripMs * 1_000_000, leaving);
      Row row = new Row(setting, LargeCluster.run(setting));
      print(row.setting(), row.result());
      rows.add(row);
    }
  }

  private void print(LargeCluster.Setting setting, LargeCluster.Result result) {
    out.printf(
        Locale.ROOT,
        "%,7d | %7d ms | %5.1f %% | %.2f %% | %.2f %% | %.2f (%.2f) | %.1f ms | %.2f s | %,.0f |"
            + " %.2f GB/s | %.1f %% | %.0f %%%n",
        setting.workers(),
        setting.roundTripNs() / 1_000_000,
        100 * setting.leavingPerSecond(),
        100 * result.busy(),
        100 * result.used(),
        result.seconds(),
        result.idealSeconds(),
        result.firstPassNs() / 1e6,
        result.coldNs() / 1e9,
        result.messagesPerSecond(),
        result.bytesPerSecond() / 1e9,
        100 * result.mostEarly(),
        100 * result.hostLoad());
  }
}
