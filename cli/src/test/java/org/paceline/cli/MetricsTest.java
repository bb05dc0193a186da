// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What workers and renders tell while they run, as Prometheus and a person read it. */
@Tag("slow")
@Timeout(120)
class MetricsTest {
  private static final String ANNOUNCED = "metrics at ";

  private static final String OPEN_METRICS =
      "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";

  /** What a Prometheus with native histograms asks for first. */
  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
          + OPEN_METRICS;

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path directory;

  @Test
  void aWorkerAndARenderTellWhatTheyDo() throws Exception {
    try (CliProcess worker =
        CliProcess.start(
            "worker",
            "--listen=127.0.0.1:0",
            "--device=reference",
            "--threads=1",
            "--metrics=127.0.0.1:0")) {
      URI workerMetrics = metricsOf(worker);
      String endpoint =
          worker
              .awaitLine(line -> line.startsWith(WorkerCommand.LISTENING))
              .substring(WorkerCommand.LISTENING.length());
      Exposition idle = await(workerMetrics, reading -> activity(reading, "without_host") > 0);
      assertEquals(0, idle.value("paceline_worker_samples_total").orElse(-1));
      assertEquals(200, read(workerMetrics, PROTOBUF).statusCode());
      assertRatio(idle, "paceline_machine_memory_used_ratio");
      assertRatio(idle, "paceline_machine_disk_used_ratio");
      assertTrue(idle.value("process_cpu_seconds_total").orElse(0) > 0);

      try (CliProcess render =
          CliProcess.start(
              "demo",
              "--output=" + directory.resolve("a.png"),
              "--samples=100000",
              "--worker=" + endpoint,
              "--metrics=0")) {
        URI renderMetrics = metricsOf(render);
        Exposition rendering =
            await(
                renderMetrics,
                reading ->
                    reading.value("paceline_render_done_ratio").orElse(0) > 0
                        && reading.value("paceline_render_elapsed_seconds").orElse(0) > 0
                        && of(reading, "paceline_render_worker_samples_total", endpoint) > 0
                        && of(reading, "paceline_render_worker_last_round_trip_seconds", endpoint)
                            > 0
                        && count(reading, "paceline_render_worker_round_trip_seconds") > 0
                        && count(reading, "paceline_render_worker_unit_seconds") > 0);
        assertRatio(rendering, "paceline_render_done_ratio");
        assertTrue(of(rendering, "paceline_render_worker_scene_sent_bytes_total", endpoint) > 1000);
        assertHistogram(rendering, "paceline_render_worker_round_trip_seconds");
        assertHistogram(rendering, "paceline_render_worker_unit_seconds");
        Exposition busy =
            await(
                workerMetrics,
                reading ->
                    activity(reading, "rendering") > 0
                        && reading.value("paceline_worker_samples_total").orElse(0) > 0
                        && reading.value("paceline_worker_session_units_held").orElse(0) > 0
                        && count(reading, "paceline_worker_session_round_trip_seconds") > 0
                        && count(reading, "paceline_worker_session_unit_seconds") > 0);
        assertEquals(1, busy.value("paceline_worker_hosts").orElse(0));
        assertHistogram(busy, "paceline_worker_session_round_trip_seconds");
        assertHistogram(busy, "paceline_worker_session_unit_seconds");
        assertTrue(busy.value("paceline_worker_session_received_bytes_total").orElse(0) > 1000);

        CliRun top =
            CliRun.of(
                "top",
                "--once",
                String.valueOf(workerMetrics.getPort()),
                renderMetrics.getAuthority());
        assertEquals(ExitCodes.OK, top.exitCode(), top.out() + top.err());
        assertTrue(top.out().contains("RENDER"), top.out());
        assertTrue(top.out().contains(" 1/1 "), top.out());
        assertTrue(
            top.out().lines().anyMatch(line -> line.matches("  " + endpoint + " +ready .*")),
            top.out());
        assertTrue(
            top.out().lines().anyMatch(line -> line.startsWith(workerMetrics.getAuthority() + " ")),
            top.out());
      }
    }
  }

  @Test
  void aPortThatIsTakenIsAnErrorThatSaysSo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CliRun run =
          CliRun.of(
              "worker",
              "--listen=127.0.0.1:0",
              "--device=reference",
              "--metrics=" + taken.getLocalPort());
      assertEquals(ExitCodes.FAILED, run.exitCode());
      assertTrue(
          run.err().contains("can't listen on 127.0.0.1:" + taken.getLocalPort()), run.err());
      assertTrue(run.err().contains("name another port"), run.err());
    }
  }

  @Test
  void anAddressThatIsNoneIsAnErrorThatShowsOne() {
    for (String wrong : new String[] {"pc2", "pc2:", ":1", "1:2:3", "70000", "-1"}) {
      CliRun run = CliRun.of("worker", "--device=reference", "--metrics=" + wrong);
      assertEquals(ExitCodes.USAGE, run.exitCode(), wrong);
      assertTrue(run.err().contains("'" + wrong + "' is not PORT, HOST:PORT"), run.err());
    }
  }

  @Test
  void topTellsWhyItCannotReadSomething() throws IOException {
    int nobody;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = closed.getLocalPort();
    }
    HttpServer stranger = answering("<html>\033[2Jnot metrics</html>\n");
    HttpServer endless = answering("endless 1\n".repeat(2 << 20));
    try {
      CliRun run =
          CliRun.of(
              "top",
              "--once",
              String.valueOf(nobody),
              String.valueOf(stranger.getAddress().getPort()),
              String.valueOf(endless.getAddress().getPort()));
      assertEquals(ExitCodes.FAILED, run.exitCode());
      String[] lines = run.out().lines().toArray(String[]::new);
      assertEquals(3, lines.length, run.out());
      assertTrue(lines[0].startsWith("127.0.0.1:" + nobody + ": "), run.out());
      assertTrue(lines[1].contains("these are no metrics: '<html>?[2J"), run.out());
      assertTrue(lines[2].contains("more than"), run.out());
    } finally {
      stranger.stop(0);
      endless.stop(0);
    }
  }

  private static HttpServer answering(String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    return server;
  }

  private static URI metricsOf(CliProcess process) throws InterruptedException {
    return URI.create(
        process.awaitLine(line -> line.startsWith(ANNOUNCED)).substring(ANNOUNCED.length()));
  }

  private static double activity(Exposition reading, String doing) {
    return reading.value("paceline_worker_activity_seconds_total", "activity", doing).orElse(0);
  }

  private static double of(Exposition reading, String metric, String worker) {
    return reading.value(metric, "worker", worker).orElse(0);
  }

  private static double count(Exposition reading, String histogram) {
    return reading.value(histogram + "_count").orElse(0);
  }

  private static void assertRatio(Exposition reading, String metric) {
    double value = reading.value(metric).orElse(-1);
    assertTrue(value >= 0 && value <= 1, metric + " is " + value);
  }

  /** Buckets only rise, the last has all, and the sum is of that many values in them. */
  private static void assertHistogram(Exposition reading, String metric) {
    double[] counts =
        reading.all(metric + "_bucket").stream().mapToDouble(Exposition.Sample::value).toArray();
    double count = count(reading, metric);
    assertTrue(count > 0, metric + " counts nothing");
    assertArrayEquals(Arrays.stream(counts).sorted().toArray(), counts, metric);
    assertEquals(count, counts[counts.length - 1], metric);
    double mean = reading.value(metric + "_sum").orElse(0) / count;
    assertTrue(mean > 0 && mean < 60, metric + " is " + mean + " s on average");
  }

  private static HttpResponse<String> read(URI metrics, String accept) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(metrics).header("Accept", accept).build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /**
   * Reads as Prometheus would, until one reading tells all that is waited for: a process looks at
   * itself some times a second, and for each metric anew.
   */
  private static Exposition await(URI metrics, Predicate<Exposition> told) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String text = "";
    while (System.nanoTime() < deadline) {
      text = read(metrics, OPEN_METRICS).body();
      Exposition reading = Exposition.parse(text);
      if (told.test(reading)) {
        return reading;
      }
      Thread.sleep(50);
    }
    return fail("it never said what was waited for, but:\n" + text);
  }
}
