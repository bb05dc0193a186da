// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderSession;
import org.paceline.api.UnitListener;
import org.paceline.api.UnitRecord;
import org.paceline.api.WorkerStatus;

/** How far a render is, and what each of its workers does for it. */
final class RenderMetrics implements UnitListener {
  static final String DONE = "paceline_render_done_ratio";
  static final String ELAPSED = "paceline_render_elapsed_seconds";
  static final String SAMPLES = "paceline_render_samples_total";
  static final String WORKER_STATE = "paceline_render_worker_state";
  static final String WORKER_SAMPLES = "paceline_render_worker_samples_total";
  static final String WORKER_BUSY = "paceline_render_worker_busy_seconds_total";
  static final String WORKER_ROUND_TRIP = "paceline_render_worker_last_round_trip_seconds";
  static final String WORKER_SENT = "paceline_render_worker_scene_sent_bytes_total";
  static final String WORKER_UNITS_HELD = "paceline_render_worker_units_held";
  static final String WORKER_LABEL = "worker";
  static final String STATE_LABEL = "state";

  /** What came from one worker. */
  private static final class Totals {
    private final LongAdder samples = new LongAdder();
    private final LongAdder renderNs = new LongAdder();
    private final DistributionDataPoint unitSeconds;

    private Totals(DistributionDataPoint unitSeconds) {
      this.unitSeconds = unitSeconds;
    }
  }

  private final PrometheusRegistry registry;
  private final RenderSession session;
  private final Histogram unitSeconds;
  private final Map<String, Totals> totals = new ConcurrentHashMap<>();

  private RenderMetrics(PrometheusRegistry registry, RenderSession session) {
    this.registry = registry;
    this.session = session;
    unitSeconds =
        Histogram.builder()
            .name("paceline_render_worker_unit_seconds")
            .help("How long a worker took for each unit that is in the film.")
            .labelNames(WORKER_LABEL)
            .classicOnly()
            .classicUpperBounds(MetricsByLabel.bounds())
            .register(registry);
  }

  /** What workers do, of jobs that are yet to be started. */
  static void registerWorkers(PrometheusRegistry registry, RenderSession session) {
    RenderMetrics metrics = new RenderMetrics(registry, session);
    session.addUnitListener(metrics);
    metrics.registerWorkers();
  }

  @Override
  public void onUnit(UnitRecord unit) {
    Totals worker = of(unit.worker());
    worker.renderNs.add(unit.renderNs());
    if (unit.outcome() == UnitRecord.Outcome.MERGED) {
      worker.unitSeconds.observe(unit.renderNs() / 1e9);
      worker.samples.add(unit.unit().pixelSamples());
    }
  }

  private Totals of(String worker) {
    return totals.computeIfAbsent(worker, key -> new Totals(unitSeconds.labelValues(key)));
  }

  /** How far a job is. */
  static void registerJob(PrometheusRegistry registry, RenderJob job) {
    GaugeWithCallback.builder()
        .name(DONE)
        .help("Part of the image's samples that is in the film.")
        .callback(callback -> callback.call(job.progress().fraction()))
        .register(registry);
    GaugeWithCallback.builder()
        .name(ELAPSED)
        .help("Time since the render began.")
        .callback(callback -> callback.call(job.progress().elapsedNs() / 1e9))
        .register(registry);
    CounterWithCallback.builder()
        .name(SAMPLES)
        .help("Pixel samples in the film.")
        .callback(callback -> callback.call((double) job.progress().doneSamples()))
        .register(registry);
  }

  private void registerWorkers() {
    GaugeWithCallback.builder()
        .name(WORKER_STATE)
        .help("1 for the state that a worker is in.")
        .labelNames(WORKER_LABEL, STATE_LABEL)
        .callback(
            callback -> {
              Set<String> told = new HashSet<>();
              for (WorkerStatus worker : session.workers()) {
                if (told.add(worker.endpoint())) {
                  callback.call(1, worker.endpoint(), RunReport.lowerCase(worker.state()));
                }
              }
            })
        .register(registry);
    MetricsByLabel<WorkerStatus> workers =
        new MetricsByLabel<>(registry, WORKER_LABEL, WorkerStatus::endpoint, session::workers);
    workers.counter(
        WORKER_SAMPLES,
        "Pixel samples in the film that came from a worker.",
        worker -> of(worker.endpoint()).samples.sum());
    workers.counter(
        WORKER_BUSY,
        "Time that a worker took to render units, waiting for other hosts' units included.",
        worker -> of(worker.endpoint()).renderNs.sum() / 1e9);
    workers.counter(
        WORKER_SENT, "Bytes of the scene sent to a worker.", WorkerStatus::sceneBytesSent);
    workers.gauge(
        "paceline_render_worker_samples_per_second",
        "Pixel samples a second over a worker's last units.",
        WorkerStatus::samplesPerSecond);
    workers.gauge(
        WORKER_ROUND_TRIP,
        "Last measured round trip to a worker.",
        worker -> worker.roundTripNs() / 1e9);
    workers.histogram(
        "paceline_render_worker_round_trip_seconds",
        "Round trips to a worker.",
        WorkerStatus::roundTrips);
    workers.gauge(
        WORKER_UNITS_HELD, "Units given to a worker and not back.", WorkerStatus::unitsHeld);
  }
}
