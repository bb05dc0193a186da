// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

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
        .callback(callback -> values(value).forEach((key, read) -> callback.call(read, key)))
        .register(registry);
  }

  void gauge(String name, String help, ToDoubleFunction<T> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(callback -> values(value).forEach((key, read) -> callback.call(read, key)))
        .register(registry);
  }

  private Map<String, Double> values(ToDoubleFunction<T> value) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (T thing : things.get()) {
      values.putIfAbsent(labelOf.apply(thing), value.applyAsDouble(thing));
    }
    return values;
  }
}
