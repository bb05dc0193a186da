// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.paceline.api.DurationHistogram;

/**
 * Registers metrics that have a value for each of some things, told apart by a label. Of two things
 * with one label the first is shown: a reading with both would be refused.
 */
record MetricsByLabel<T>(
    PrometheusRegistry registry,
    String label,
    Function<T, String> labelOf,
    Supplier<List<T>> things) {
  void counter(String name, String help, ToDoubleFunction<T> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(
            callback ->
                values(value::applyAsDouble).forEach((key, read) -> callback.call(read, key)))
        .register(registry);
  }

  void gauge(String name, String help, ToDoubleFunction<T> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(
            callback ->
                values(value::applyAsDouble).forEach((key, read) -> callback.call(read, key)))
        .register(registry);
  }

  void histogram(String name, String help, Function<T, DurationHistogram> value) {
    MetricMetadata metadata = new MetricMetadata(name, help);
    registry.register(
        () ->
            new HistogramSnapshot(
                metadata,
                values(value).entrySet().stream()
                    .map(entry -> dataPoint(entry.getKey(), entry.getValue()))
                    .toList()));
  }

  /** The bounds of all histograms, in seconds, but for the last range's. */
  static double[] bounds() {
    return DurationHistogram.BOUNDS_NS.stream().mapToDouble(ns -> ns / 1e9).toArray();
  }

  private HistogramSnapshot.HistogramDataPointSnapshot dataPoint(
      String key, DurationHistogram histogram) {
    List<Double> upperBounds =
        DoubleStream.concat(DoubleStream.of(bounds()), DoubleStream.of(Double.POSITIVE_INFINITY))
            .boxed()
            .toList();
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .labels(Labels.of(label, key))
        .classicHistogramBuckets(ClassicHistogramBuckets.of(upperBounds, histogram.counts()))
        .sum(histogram.sumNs() / 1e9)
        .build();
  }

  private <V> Map<String, V> values(Function<T, V> value) {
    Map<String, V> values = new LinkedHashMap<>();
    for (T thing : things.get()) {
      values.putIfAbsent(labelOf.apply(thing), value.apply(thing));
    }
    return values;
  }
}
