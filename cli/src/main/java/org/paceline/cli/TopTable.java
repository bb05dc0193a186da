// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.paceline.core.WorkerActivity.Doing;

/** What metrics endpoints say, as tables for people: renders, their workers, and workers. */
final class TopTable {
  private static final String UNKNOWN = "-";

  /** Below that nothing is worth an explanation. */
  private static final double IDLE_WORTH_TELLING = 0.01;

  private final TextTable renders =
      new TextTable(
          2,
          "RENDER",
          "MACHINE",
          "DONE",
          "ELAPSED",
          "SAMPLES/S",
          "WORKERS",
          "CPU",
          "MEMORY",
          "DISK");

  private final List<String> renderWorkers = new ArrayList<>();

  private final TextTable workers =
      new TextTable(
          3,
          "WORKER",
          "MACHINE",
          "IDLE",
          "BUSY",
          "SAMPLES/S",
          "UNITS",
          "HOSTS",
          "ROUND TRIP",
          "CPU",
          "MEMORY",
          "DISK");

  private final List<String> failures = new ArrayList<>();

  private TopTable() {}

  static String of(List<MetricsReader.Readings> all) {
    TopTable table = new TopTable();
    all.forEach(table::add);
    List<String> parts = new ArrayList<>();
    if (!table.renders.isEmpty()) {
      parts.add(table.renders.toString());
    }
    parts.addAll(table.renderWorkers);
    if (!table.workers.isEmpty()) {
      parts.add(table.workers.toString());
    }
    if (!table.failures.isEmpty()) {
      parts.add(String.join("\n", table.failures) + "\n");
    }
    return String.join("\n", parts);
  }

  private void add(MetricsReader.Readings readings) {
    if (readings.now().isEmpty()) {
      failures.add(TextTable.printable(readings.address() + ": " + readings.failure()));
      return;
    }
    Exposition now = readings.now().get();
    if (now.value(RenderMetrics.DONE).isPresent()) {
      addRender(readings, now);
    } else if (now.value(WorkerMetrics.SAMPLES).isPresent()) {
      addWorker(readings, now);
    } else {
      failures.add(readings.address() + ": neither a worker nor a render, or it has just begun");
    }
  }

  private void addRender(MetricsReader.Readings readings, Exposition now) {
    long ready =
        now.all(RenderMetrics.WORKER_STATE).stream()
            .filter(sample -> "ready".equals(sample.labels().get(RenderMetrics.STATE_LABEL)))
            .count();
    renders.row(
        readings.address().toString(),
        machine(now),
        format("%.1f %%", 100 * now.value(RenderMetrics.DONE).orElse(0)),
        clock(now.value(RenderMetrics.ELAPSED)),
        large(rate(readings, reading -> sum(reading, RenderMetrics.SAMPLES))),
        ready + "/" + now.all(RenderMetrics.WORKER_STATE).size(),
        percent(now.value(MachineMetrics.CPU)),
        percent(now.value(MachineMetrics.MEMORY)),
        percent(now.value(MachineMetrics.DISK)));
    TextTable table =
        new TextTable(
            2,
            "  WORKER OF " + readings.address(),
            "STATE",
            "BUSY",
            "SAMPLES/S",
            "UNITS",
            "ROUND TRIP",
            "SENT");
    for (Exposition.Sample worker : now.all(RenderMetrics.WORKER_STATE)) {
      String endpoint = worker.labels().getOrDefault(RenderMetrics.WORKER_LABEL, UNKNOWN);
      table.row(
          "  " + endpoint,
          worker.labels().getOrDefault(RenderMetrics.STATE_LABEL, UNKNOWN),
          percent(rate(readings, reading -> of(reading, RenderMetrics.WORKER_BUSY, endpoint))),
          large(rate(readings, reading -> of(reading, RenderMetrics.WORKER_SAMPLES, endpoint))),
          count(of(now, RenderMetrics.WORKER_UNITS_HELD, endpoint)),
          millis(OptionalDouble.of(of(now, RenderMetrics.WORKER_ROUND_TRIP, endpoint))),
          large(OptionalDouble.of(of(now, RenderMetrics.WORKER_SENT, endpoint))) + "B");
    }
    renderWorkers.add(table.toString());
  }

  private void addWorker(MetricsReader.Readings readings, Exposition now) {
    String rendering = RunReport.lowerCase(Doing.RENDERING);
    workers.row(
        readings.address().toString(),
        machine(now),
        idleBecause(readings, now),
        percent(activity(readings, rendering)),
        large(rate(readings, reading -> sum(reading, WorkerMetrics.SAMPLES))),
        count(sum(now, WorkerMetrics.UNITS_HELD)),
        count(sum(now, WorkerMetrics.HOSTS)),
        millis(
            now.all(WorkerMetrics.ROUND_TRIP).stream().mapToDouble(Exposition.Sample::value).max()),
        percent(now.value(MachineMetrics.CPU)),
        percent(now.value(MachineMetrics.MEMORY)),
        percent(now.value(MachineMetrics.DISK)));
  }

  /** What it did most of the time in which it didn't render. */
  private static String idleBecause(MetricsReader.Readings readings, Exposition now) {
    Optional<Map.Entry<String, Double>> most =
        now.all(WorkerMetrics.ACTIVITY).stream()
            .map(sample -> sample.labels().getOrDefault(WorkerMetrics.ACTIVITY_LABEL, UNKNOWN))
            .filter(doing -> !doing.equals(RunReport.lowerCase(Doing.RENDERING)))
            .map(doing -> Map.entry(doing, activity(readings, doing).orElse(0)))
            .max(Comparator.comparingDouble(Map.Entry::getValue));
    return most.filter(entry -> entry.getValue() >= IDLE_WORTH_TELLING)
        .map(entry -> entry.getKey().replace('_', ' '))
        .orElse(UNKNOWN);
  }

  private static OptionalDouble activity(MetricsReader.Readings readings, String doing) {
    return rate(
        readings,
        reading ->
            reading.value(WorkerMetrics.ACTIVITY, WorkerMetrics.ACTIVITY_LABEL, doing).orElse(0));
  }

  private static double of(Exposition reading, String metric, String worker) {
    return reading.value(metric, RenderMetrics.WORKER_LABEL, worker).orElse(0);
  }

  private static double sum(Exposition reading, String name) {
    return reading.all(name).stream().mapToDouble(Exposition.Sample::value).sum();
  }

  /** How much more a second; a counter that has become less belongs to another process. */
  private static OptionalDouble rate(
      MetricsReader.Readings readings, ToDoubleFunction<Exposition> counter) {
    if (readings.before().isEmpty() || readings.now().isEmpty()) {
      return OptionalDouble.empty();
    }
    double more =
        counter.applyAsDouble(readings.now().get())
            - counter.applyAsDouble(readings.before().get());
    return more < 0 ? OptionalDouble.empty() : OptionalDouble.of(more / readings.secondsBetween());
  }

  private static String machine(Exposition now) {
    return now.label(MachineMetrics.INFO, MachineMetrics.HOST_LABEL).orElse(UNKNOWN);
  }

  private static String percent(OptionalDouble ratio) {
    return ratio.isEmpty() ? UNKNOWN : format("%.0f %%", 100 * ratio.getAsDouble());
  }

  private static String count(double number) {
    return format("%.0f", number);
  }

  private static String millis(OptionalDouble seconds) {
    return seconds.isEmpty() || seconds.getAsDouble() == 0
        ? UNKNOWN
        : format("%.1f ms", 1e3 * seconds.getAsDouble());
  }

  private static String large(OptionalDouble number) {
    if (number.isEmpty()) {
      return UNKNOWN;
    }
    double value = number.getAsDouble();
    return value >= 1e9
        ? format("%.2f G", value / 1e9)
        : value >= 1e6 ? format("%.2f M", value / 1e6) : format("%.1f k", value / 1e3);
  }

  private static String clock(OptionalDouble seconds) {
    long whole = (long) seconds.orElse(0);
    return format("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
