// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.paceline.api.transport.Endpoint;

/** Serves metrics over HTTP. What is registered is asked when somebody reads, on his thread. */
final class MetricsServer implements AutoCloseable {
  private record Serving(
      PrometheusRegistry registry, HTTPServer http, InetAddress at, String url) {}

  private final Optional<Serving> serving;

  private MetricsServer(Optional<Serving> serving) {
    this.serving = serving;
  }

  /** One that nobody can reach. */
  static MetricsServer silent() {
    return new MetricsServer(Optional.empty());
  }

  /**
   * Serves the machine's and the process's metrics, and what is added later.
   *
   * @throws CliException if the address can't be had
   */
  static MetricsServer start(MetricsAddress address) {
    PrometheusRegistry registry = new PrometheusRegistry();
    MachineMetrics.register(registry);
    ProcessMetrics.builder().register(registry);
    InetAddress at = address.toSocketAddress().getAddress();
    if (at == null) {
      throw CliException.usage("--metrics: there is no host '" + address.host() + "'");
    }
    try {
      HTTPServer http =
          HTTPServer.builder()
              .inetAddress(at)
              .port(address.port())
              .registry(registry)
              .buildAndStart();
      String url = new MetricsAddress(address.host(), http.getPort()).url();
      return new MetricsServer(Optional.of(new Serving(registry, http, at, url)));
    } catch (IOException e) {
      throw CliException.failed(
          "--metrics: can't listen on " + address + ": " + e.getMessage() + "; name another port",
          e);
    }
  }

  /** Has metrics registered, if anybody can read them. */
  void add(Consumer<PrometheusRegistry> metrics) {
    serving.ifPresent(at -> metrics.accept(at.registry()));
  }

  /** Where a browser finds them; empty if nobody can. */
  String url() {
    return serving.map(Serving::url).orElse("");
  }

  /**
   * The port of the metrics for those who reach this process where something else listens; 0 if
   * they can't be had there.
   */
  int portBeside(Endpoint listening) {
    InetAddress there = new InetSocketAddress(listening.host(), listening.port()).getAddress();
    return serving
        .filter(own -> own.at().isAnyLocalAddress() || own.at().equals(there))
        .map(own -> own.http().getPort())
        .orElse(0);
  }

  @Override
  public void close() {
    serving.ifPresent(at -> at.http().close());
  }
}
