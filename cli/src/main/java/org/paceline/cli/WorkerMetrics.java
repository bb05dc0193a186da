// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Supplier;
import org.paceline.core.WorkerActivity;
import org.paceline.core.WorkerActivity.Host;

/** What a worker does, for whom. */
final class WorkerMetrics {
  static final String ACTIVITY = "paceline_worker_activity_seconds_total";
  static final String SAMPLES = "paceline_worker_samples_total";
  static final String HOSTS = "paceline_worker_hosts";
  static final String UNITS_HELD = "paceline_worker_session_units_held";
  static final String ROUND_TRIP = "paceline_worker_session_last_round_trip_seconds";
  static final String ACTIVITY_LABEL = "activity";

  private WorkerMetrics() {}

  static void register(PrometheusRegistry registry, Supplier<WorkerActivity> worker) {
    CounterWithCallback.builder()
        .name(ACTIVITY)
        .help("Time by what the worker did: rendering, or why it didn't.")
        .labelNames(ACTIVITY_LABEL)
        .callback(
            callback ->
                worker
                    .get()
                    .nanos()
                    .forEach((doing, ns) -> callback.call(ns / 1e9, RunReport.lowerCase(doing))))
        .register(registry);
    CounterWithCallback.builder()
        .name(SAMPLES)
        .help("Pixel samples rendered.")
        .callback(callback -> callback.call((double) worker.get().samples()))
        .register(registry);
    GaugeWithCallback.builder()
        .name(HOSTS)
        .help("Hosts attached.")
        .callback(callback -> callback.call(worker.get().hosts().size()))
        .register(registry);
    MetricsByLabel<Host> sessions =
        new MetricsByLabel<>(registry, "host", Host::peer, () -> worker.get().hosts());
    sessions.counter(
        "paceline_worker_session_samples_total",
        "Pixel samples rendered for a host.",
        Host::samples);
    sessions.counter(
        "paceline_worker_session_render_seconds_total",
        "Time spent rendering for a host.",
        host -> host.renderNs() / 1e9);
    sessions.counter(
        "paceline_worker_session_received_bytes_total",
        "Bytes that came from a host, its scene's above all.",
        Host::receivedBytes);
    sessions.gauge(
        UNITS_HELD, "Units of a host that wait, are rendered or leave.", Host::unitsHeld);
    sessions.gauge(
        ROUND_TRIP, "Last measured round trip to a host.", host -> host.roundTripNs() / 1e9);
    sessions.histogram(
        "paceline_worker_session_round_trip_seconds", "Round trips to a host.", Host::roundTrips);
    sessions.histogram(
        "paceline_worker_session_unit_seconds",
        "How long each unit of a host took to render.",
        Host::unitTimes);
  }
}
