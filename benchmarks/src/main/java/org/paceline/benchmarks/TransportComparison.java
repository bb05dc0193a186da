// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.HdrHistogram.Histogram;

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
  private static final long WARM_UP_NS = 500_000_000L;
  private static final long LATENCY_NS = 500_000_000L;
  private static final long INTERVAL_NS = 100_000L;
  private static final long CHECK_INTERVAL_BYTES = 8 << 20;

  private TransportComparison() {}

  /** Measures and prints the parts named: throughput, sizes, latency; without a name, all. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Set<String> parts =
        args.length == 0 ? Set.of("throughput", "sizes", "latency") : Set.copyOf(List.of(args));
    System.out.printf(
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
      sizes();
    }
    if (parts.contains("latency")) {
      latency();
    }
    System.out.printf("%nload average %.2f after%n", loadAverage());
  }

  private static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static void throughput() throws IOException, InterruptedException {
    Map<Kind, List<Double>> ours = new EnumMap<>(Kind.class);
    Map<ExternalTool, List<Double>> theirs = new EnumMap<>(ExternalTool.class);
    for (Kind kind : Kind.values()) {
      ours.put(kind, new ArrayList<>());
      gigabits(kind, HEADLINE_BYTES, WARM_UP_NS);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Kind kind : Kind.values()) {
        ours.get(kind).add(gigabits(kind, HEADLINE_BYTES, HEADLINE_NS));
      }
      for (ExternalTool tool : ExternalTool.values()) {
        OptionalDouble result = tool.measure();
        if (result.isPresent()) {
          theirs.computeIfAbsent(tool, t -> new ArrayList<>()).add(result.getAsDouble());
        }
      }
    }
    double paceline = median(ours.get(Kind.PACELINE));
    System.out.println("one stream over loopback, 1 MiB a write     Gbit/s   Paceline / it");
    for (Kind kind : Kind.values()) {
      printThroughput(kind.name(), median(ours.get(kind)), paceline);
    }
    for (ExternalTool tool : ExternalTool.values()) {
      if (theirs.containsKey(tool)) {
        printThroughput(tool.program(), median(theirs.get(tool)), paceline);
      } else {
        System.out.printf(
            "  %-38s skipped: %s is not installed or did not run%n",
            tool.program(), tool.program());
      }
    }
  }

  private static void printThroughput(String name, double gigabits, double paceline) {
    System.out.printf("  %-38s %10.2f %15.2f%n", name, gigabits, paceline / gigabits);
  }

  private static void sizes() throws IOException {
    System.out.println();
    System.out.println("bytes a write        PACELINE Gbit/s   RAW_NIO Gbit/s           ratio");
    for (int size : SIZES) {
      Map<Kind, List<Double>> results = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        results.put(kind, new ArrayList<>());
      }
      for (int round = 0; round < SIZES_ROUNDS; round++) {
        for (Kind kind : Kind.values()) {
          results.get(kind).add(gigabits(kind, size, SIZE_NS));
        }
      }
      double paceline = median(results.get(Kind.PACELINE));
      double raw = median(results.get(Kind.RAW_NIO));
      System.out.printf("%13d %22.3f %16.3f %15.2f%n", size, paceline, raw, paceline / raw);
    }
  }

  /** Throughput of one fresh stream, its first fifth of the time not counted. */
  private static double gigabits(Kind kind, int sizeBytes, long durationNs) throws IOException {
    try (WriteStream stream = kind.writeStream(sizeBytes)) {
      run(stream, sizeBytes, durationNs / 5);
      long start = System.nanoTime();
      long bytes = run(stream, sizeBytes, durationNs);
      return bytes * 8.0 / (System.nanoTime() - start);
    }
  }

  private static long run(WriteStream stream, int sizeBytes, long durationNs) throws IOException {
    // Looking at the clock costs as much as a small write.
    long batch = Math.max(1, Math.min(64, CHECK_INTERVAL_BYTES / sizeBytes));
    long end = System.nanoTime() + durationNs;
    long bytes = 0;
    while (System.nanoTime() < end) {
      for (long i = 0; i < batch; i++) {
        stream.send();
      }
      bytes += batch * sizeBytes;
    }
    stream.finish();
    return bytes;
  }

  private static void latency() throws IOException {
    System.out.println();
    System.out.println("64 B there and back, both ends spinning, us     p50     p99   p99.9");
    Map<Kind, List<Histogram>> closed = new EnumMap<>(Kind.class);
    Map<Kind, List<Histogram>> open = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      closed.put(kind, new ArrayList<>());
      open.put(kind, new ArrayList<>());
      try (EchoLink link = kind.echoLink()) {
        Latency.closedLoop(link, 2 * WARM_UP_NS);
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Kind kind : Kind.values()) {
        try (EchoLink link = kind.echoLink()) {
          closed.get(kind).add(Latency.closedLoop(link, LATENCY_NS));
          open.get(kind).add(Latency.openLoop(link, LATENCY_NS, INTERVAL_NS));
        }
      }
    }
    printLatency("one at a time", closed);
    printLatency("10,000/s, from the scheduled time", open);
  }

  private static void printLatency(String how, Map<Kind, List<Histogram>> histograms) {
    for (Kind kind : Kind.values()) {
      System.out.printf(
          "  %-9s %-34s %7.2f %7.2f %7.2f%n",
          kind,
          how,
          microseconds(histograms.get(kind), 50),
          microseconds(histograms.get(kind), 99),
          microseconds(histograms.get(kind), 99.9));
    }
    System.out.printf(
        "  ratio     %-34s %7.2f%n",
        how,
        microseconds(histograms.get(Kind.PACELINE), 50)
            / microseconds(histograms.get(Kind.RAW_NIO), 50));
  }

  private static double microseconds(List<Histogram> rounds, double percentile) {
    return median(rounds.stream().map(h -> h.getValueAtPercentile(percentile) / 1000.0).toList());
  }

  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
