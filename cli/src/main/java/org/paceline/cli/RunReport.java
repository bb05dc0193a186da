// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderRequest;
import org.paceline.api.UnitListener;
import org.paceline.api.UnitRecord;
import org.paceline.api.WorkerStatus;

/** Collects what becomes of a job's units, and sums it up. Thread-safe. */
final class RunReport implements UnitListener {
  private static final int DIGITS = 3;

  /** What one worker did. */
  static final class WorkerSummary {
    private final WorkerStatus status;
    private final List<UnitRecord> units = new ArrayList<>();
    private final Histogram renderNs = new Histogram(DIGITS);
    private final Histogram turnaroundNs = new Histogram(DIGITS);
    private long mergedSamples;
    private long busyNs;

    private WorkerSummary(WorkerStatus status) {
      this.status = status;
    }

    private void add(UnitRecord unit) {
      units.add(unit);
      busyNs += unit.renderNs();
      if (unit.outcome() == UnitRecord.Outcome.MERGED) {
        mergedSamples += unit.unit().pixelSamples();
        renderNs.recordValue(unit.renderNs());
        turnaroundNs.recordValue(Math.max(0, unit.endedNs() - unit.givenNs()));
      }
    }

    WorkerStatus status() {
      return status;
    }

    List<UnitRecord> units() {
      return units;
    }

    long count(UnitRecord.Outcome outcome) {
      return units.stream().filter(unit -> unit.outcome() == outcome).count();
    }

    long mergedSamples() {
      return mergedSamples;
    }

    /** Part of the run's time that it rendered. */
    double utilisation(RenderProgress progress) {
      return progress.elapsedNs() == 0 ? 0 : (double) busyNs / progress.elapsedNs();
    }

    /** How long it rendered its units. */
    Histogram renderNs() {
      return renderNs;
    }

    /** From when it was given a unit to when the pass had come. */
    Histogram turnaroundNs() {
      return turnaroundNs;
    }
  }

  private final List<UnitRecord> units = new ArrayList<>();

  @Override
  public synchronized void onUnit(UnitRecord unit) {
    units.add(unit);
  }

  /** The workers in their order, each with what it has done so far. */
  synchronized List<WorkerSummary> workers(List<WorkerStatus> statuses) {
    Map<String, WorkerSummary> workers = new LinkedHashMap<>();
    statuses.forEach(status -> workers.put(status.endpoint(), new WorkerSummary(status)));
    for (UnitRecord unit : units) {
      WorkerSummary worker = workers.get(unit.worker());
      if (worker != null) {
        worker.add(unit);
      }
    }
    return List.copyOf(workers.values());
  }

  /** The report for programs. */
  static String json(RenderRequest request, RenderProgress progress, List<WorkerSummary> workers) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("width", request.width());
    report.put("height", request.height());
    report.put("samplesPerPixel", request.samples());
    report.put("state", lowerCase(progress.state()));
    report.put("seconds", progress.elapsedNs() / 1e9);
    report.put("doneFraction", progress.fraction());
    report.put("workers", workers.stream().map(worker -> values(worker, progress)).toList());
    return ConfigValueFactory.fromMap(report)
            .render(ConfigRenderOptions.concise().setFormatted(true))
        + "\n";
  }

  private static Map<String, Object> values(WorkerSummary worker, RenderProgress progress) {
    Map<String, Object> values = new LinkedHashMap<>();
    WorkerStatus status = worker.status();
    values.put("endpoint", status.endpoint());
    values.put("name", status.name());
    values.put("transport", status.transport());
    values.put("state", lowerCase(status.state()));
    values.put("utilisation", worker.utilisation(progress));
    values.put("mergedSamples", worker.mergedSamples());
    values.put("samplesPerSecond", status.samplesPerSecond());
    values.put("roundTripMs", millis(status.roundTripNs()));
    values.put("sceneBytesSent", status.sceneBytesSent());
    values.put("renderMs", values(worker.renderNs()));
    values.put("turnaroundMs", values(worker.turnaroundNs()));
    values.put("units", worker.units().stream().map(RunReport::values).toList());
    return values;
  }

  private static Map<String, Object> values(Histogram ns) {
    return Map.of(
        "count", ns.getTotalCount(),
        "p50", millis(ns.getValueAtPercentile(50)),
        "p99", millis(ns.getValueAtPercentile(99)),
        "max", millis(ns.getMaxValue()));
  }

  private static Map<String, Object> values(UnitRecord unit) {
    return Map.of(
        "outcome", lowerCase(unit.outcome()),
        "givenMs", millis(unit.givenNs()),
        "endedMs", millis(unit.endedNs()),
        "renderMs", millis(unit.renderNs()),
        "x", unit.unit().x(),
        "y", unit.unit().y(),
        "width", unit.unit().width(),
        "height", unit.unit().height(),
        "firstSample", unit.unit().firstSample(),
        "samples", unit.unit().sampleCount());
  }

  static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static double millis(long ns) {
    return (double) ns / TimeUnit.MILLISECONDS.toNanos(1);
  }
}
