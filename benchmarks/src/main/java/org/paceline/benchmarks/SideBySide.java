// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Measures several kinds, each in turn in every round, so that noise from elsewhere on the machine
 * meets all alike. Results have a value a round, for medians of these and of the rounds' ratios.
 */
final class SideBySide {
  private static final long CHECK_INTERVAL_BYTES = 8 << 20;
  private static final long WARM_UP_NS = 500_000_000L;

  /**
   * Not counted: a stream whose driver has just been started may be half as fast again in its first
   * tenth of a second as ever after.
   */
  private static final long SETTLING_NS = 300_000_000L;

  private SideBySide() {}

  /**
   * Gbit/s of streams with writes of one size.
   *
   * @param durationNs how long each stream is measured in each round
   */
  static Map<Kind, List<Double>> gigabits(
      Collection<Kind> kinds, int sizeBytes, int rounds, long durationNs) throws IOException {
    Map<Kind, List<Double>> results = new EnumMap<>(Kind.class);
    for (int round = 0; round < rounds; round++) {
      for (Kind kind : kinds) {
        results
            .computeIfAbsent(kind, k -> new ArrayList<>())
            .add(gigabits(kind, sizeBytes, durationNs));
      }
    }
    return results;
  }

  /** Runs each kind once without looking at the result. */
  static void warmUp(Collection<Kind> kinds, int sizeBytes) throws IOException {
    gigabits(kinds, sizeBytes, 1, WARM_UP_NS);
  }

  private static double gigabits(Kind kind, int sizeBytes, long durationNs) throws IOException {
    try (WriteStream stream = kind.writeStream(sizeBytes)) {
      return gigabits(stream, sizeBytes, durationNs);
    }
  }

  /** Gbit/s of a stream, once it has settled. */
  static double gigabits(WriteStream stream, int sizeBytes, long durationNs) throws IOException {
    run(stream, sizeBytes, SETTLING_NS);
    long start = System.nanoTime();
    long bytes = run(stream, sizeBytes, durationNs);
    return bytes * 8.0 / (System.nanoTime() - start);
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

  /** Round trips of 64-byte messages. */
  static Map<Kind, RoundTrips> roundTrips(Collection<Kind> kinds, int rounds)
      throws IOException, InterruptedException {
    Map<Kind, RoundTrips> results = new EnumMap<>(Kind.class);
    for (int round = 0; round < rounds; round++) {
      for (Kind kind : kinds) {
        RoundTripProgram.Result result = RoundTripProgram.measure(kind);
        RoundTrips trips =
            results.computeIfAbsent(
                kind, k -> new RoundTrips(new ArrayList<>(), new ArrayList<>()));
        trips.closed().add(result.closed());
        trips.open().add(result.open());
      }
    }
    return results;
  }

  /**
   * Histograms of nanoseconds, one a round.
   *
   * @param closed one message at a time
   * @param open 10,000 a second, from the scheduled time
   */
  record RoundTrips(List<Histogram> closed, List<Histogram> open) {
    /** A percentile in microseconds in each round. */
    static List<Double> microseconds(List<Histogram> rounds, double percentile) {
      return rounds.stream().map(h -> h.getValueAtPercentile(percentile) / 1000.0).toList();
    }
  }

  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /**
   * The median of what each round's value is of the other's in that round: the machine may be three
   * times as fast in one round as in the next.
   */
  static double medianRatio(List<Double> values, List<Double> others) {
    return median(
        IntStream.range(0, values.size())
            .mapToObj(round -> values.get(round) / others.get(round))
            .toList());
  }
}
