// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Prints one table: Paceline's TCP transport beside plain sockets, iperf3 and UCX over loopback, in
 * one run.
 *
 * <p>Everything is measured in turn in each of several rounds and the median is shown, so that
 * noise from elsewhere on the machine meets all alike. Takes about a minute.
 */
public final class TransportComparison {
  private static final int ROUNDS = 5;
  private static final int SIZES_ROUNDS = 3;
  private static final int HEADLINE_BYTES = 1 << 20;
  private static final int[] SIZES = {64, 1 << 10, 16 << 10, 256 << 10, 16 << 20, 64 << 20};
  private static final long HEADLINE_NS = 1_000_000_000L;
  private static final long SIZE_NS = 200_000_000L;
  private static final List<Kind> KINDS = List.of(Kind.TCP, Kind.RAW_NIO);

  private TransportComparison() {}

  /** Measures and prints the parts named: throughput, sizes, latency; without a name, all. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Set<String> parts =
        args.length == 0 ? Set.of("throughput", "sizes", "latency") : Set.copyOf(List.of(args));
    System.out.printf(
        Locale.ROOT,
        "load average %.2f before, %d cores, Java %s, medians of %d rounds (sizes: %d)%n%n",
        loadAverage(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        ROUNDS,
        SIZES_ROUNDS);
    if (parts.contains("throughput")) {
      throughput();
    }
    if (parts.contains("sizes")) {
      System.out.println();
      Report.throughputHeader(KINDS);
      for (int size : SIZES) {
        Report.throughputRow(size, SideBySide.gigabits(KINDS, size, SIZES_ROUNDS, SIZE_NS));
      }
    }
    if (parts.contains("latency")) {
      System.out.println();
      Report.roundTrips(SideBySide.roundTrips(KINDS, ROUNDS));
    }
    System.out.printf(Locale.ROOT, "%nload average %.2f after%n", loadAverage());
  }

  private static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static void throughput() throws IOException, InterruptedException {
    Map<Kind, List<Double>> ours = new EnumMap<>(Kind.class);
    Map<ExternalTool, List<Double>> theirs = new EnumMap<>(ExternalTool.class);
    SideBySide.warmUp(KINDS, HEADLINE_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
      SideBySide.gigabits(KINDS, HEADLINE_BYTES, 1, HEADLINE_NS)
          .forEach((kind, one) -> ours.computeIfAbsent(kind, k -> new ArrayList<>()).addAll(one));
      for (ExternalTool tool : ExternalTool.values()) {
        OptionalDouble result = tool.measure();
        if (result.isPresent()) {
          theirs.computeIfAbsent(tool, t -> new ArrayList<>()).add(result.getAsDouble());
        }
      }
    }
    double paceline = SideBySide.median(ours.get(Kind.TCP));
    System.out.println("one stream over loopback, 1 MiB a write     Gbit/s   Paceline / it");
    for (Kind kind : KINDS) {
      printThroughput(kind.label(), SideBySide.median(ours.get(kind)), paceline);
    }
    for (ExternalTool tool : ExternalTool.values()) {
      if (theirs.containsKey(tool)) {
        printThroughput(tool.program(), SideBySide.median(theirs.get(tool)), paceline);
      } else {
        System.out.printf(
            Locale.ROOT,
            "  %-38s skipped: %s is not installed or did not run%n",
            tool.program(),
            tool.program());
      }
    }
  }

  private static void printThroughput(String name, double gigabits, double paceline) {
    System.out.printf(Locale.ROOT, "  %-38s %10.2f %15.2f%n", name, gigabits, paceline / gigabits);
  }
}
