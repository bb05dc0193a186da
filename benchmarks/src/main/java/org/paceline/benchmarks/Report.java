// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.paceline.benchmarks.SideBySide.RoundTrips;

/** Prints results as tables, each of Paceline's kinds beside what it is built on. */
final class Report {
  private Report() {}

  /** Begins the table of Gbit/s by the size of a write and by kind. */
  static void throughputHeader(Collection<Kind> kinds) {
    System.out.println("Gbit/s of region writes and of the same through what each is built on");
    System.out.printf(Locale.ROOT, "%13s", "bytes a write");
    for (Kind kind : paceline(kinds)) {
      System.out.printf(
          Locale.ROOT, "  %11s %11s %5s", kind.label(), kind.baseline().label(), "ratio");
    }
    System.out.println();
  }

  /** One size of that table. */
  static void throughputRow(int sizeBytes, Map<Kind, List<Double>> gigabits) {
    System.out.printf(Locale.ROOT, "%13d", sizeBytes);
    for (Kind kind : paceline(gigabits.keySet())) {
      List<Double> ours = gigabits.get(kind);
      List<Double> baseline = gigabits.get(kind.baseline());
      System.out.printf(
          Locale.ROOT,
          "  %11.3f %11.3f %5.2f",
          SideBySide.median(ours),
          SideBySide.median(baseline),
          SideBySide.medianRatio(ours, baseline));
    }
    System.out.println();
  }

  /** Percentiles by kind. */
  static void roundTrips(Map<Kind, RoundTrips> roundTrips) {
    System.out.println("64 B there and back, both ends spinning, us     p50     p99   p99.9");
    roundTrips("one at a time", roundTrips, RoundTrips::closed);
    roundTrips("10,000/s, from the scheduled time", roundTrips, RoundTrips::open);
  }

  private static void roundTrips(
      String how, Map<Kind, RoundTrips> results, Function<RoundTrips, List<Histogram>> histograms) {
    System.out.println("  " + how);
    for (Kind kind : paceline(results.keySet())) {
      List<Histogram> ours = histograms.apply(results.get(kind));
      List<Histogram> baseline = histograms.apply(results.get(kind.baseline()));
      row(kind.label(), p -> SideBySide.median(RoundTrips.microseconds(ours, p)));
      row(kind.baseline().label(), p -> SideBySide.median(RoundTrips.microseconds(baseline, p)));
      row(
          "ratio",
          p ->
              SideBySide.medianRatio(
                  RoundTrips.microseconds(ours, p), RoundTrips.microseconds(baseline, p)));
    }
  }

  private static void row(String name, Function<Double, Double> value) {
    System.out.printf(
        Locale.ROOT,
        "    %-39s %7.2f %7.2f %7.2f%n",
        name,
        value.apply(50.0),
        value.apply(99.0),
        value.apply(99.9));
  }

  /** Begins the table of distributions by number of workers and by way. */
  static void deliveryHeader(long sceneBytes, int linkMegabits, int mtuBytes) {
    System.out.printf(
        Locale.ROOT,
        "a scene of %d MB to workers on links of %d Mbit/s, packets of %d B (one copy takes %.2f s"
            + " at least);%n",
        sceneBytes / 1_000_000,
        linkMegabits,
        mtuBytes,
        sceneBytes * 8e-6 / linkMegabits);
    System.out.println(
        "from the host's commit on; bytes as they leave its interface, with all headers; workers:"
            + " up for some seconds, later: used by another host before, edited: of this one,"
            + " median of "
            + FanOut.EDITS);
    System.out.printf(
        Locale.ROOT, "  %-18s %7s %9s %20s%n", "", "workers", "seconds", "scenes left the host");
  }

  /** One distribution of that table, or that it never ended. */
  static void deliveryRow(FanOut.Way way, int workers, Optional<FanOut.Delivery> delivery) {
    System.out.printf(Locale.ROOT, "  %-18s %7d ", way.label(), workers);
    System.out.println(
        delivery
            .map(
                d ->
                    String.format(
                        Locale.ROOT, "%9.2f %20.3f  %s", d.seconds(), d.copies(), d.remark()))
            .orElse("gave up"));
  }

  private static List<Kind> paceline(Collection<Kind> kinds) {
    return kinds.stream().filter(Kind::isPaceline).toList();
  }
}
