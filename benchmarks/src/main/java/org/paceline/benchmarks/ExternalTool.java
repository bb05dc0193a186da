// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program of somebody else's that measures throughput between two processes of its own. */
enum ExternalTool {
  /** One TCP stream of iperf3. */
  IPERF3("iperf3", 1e-9) {
    @Override
    List<String> server(int port) {
      return List.of("iperf3", "-s", "-1", "-p", "" + port);
    }

    @Override
    List<String> client(int port) {
      return List.of("iperf3", "-c", "127.0.0.1", "-p", "" + port, "-t", "1", "-J");
    }

    @Override
    Pattern result() {
      return Pattern.compile("\"sum_received\".*?\"bits_per_second\":\\s*([0-9.e+]+)", FLAGS);
    }
  },

  /** UCX writing into its peer's memory over TCP, a mebibyte at a time. */
  UCX("ucx_perftest", ExternalTool.MEBIBYTES_TO_GIGABITS) {
    @Override
    List<String> server(int port) {
      return List.of("ucx_perftest", "-p", "" + port);
    }

    @Override
    List<String> client(int port) {
      return List.of(
          "ucx_perftest",
          "127.0.0.1",
          "-p",
          "" + port,
          "-t",
          "ucp_put_bw",
          "-s",
          "1048576",
          "-n",
          "4000",
          "-w",
          "200",
          "-f");
    }

    @Override
    Pattern result() {
      // Iterations, three latencies, average and overall bandwidth in MiB/s, two message rates.
      return Pattern.compile(
          "^\\s*\\d+(?:\\s+[0-9.]+){3}\\s+[0-9.]+\\s+([0-9.]+)\\s+\\d+\\s+\\d+\\s*$", FLAGS);
    }
  };

  private static final int START_ATTEMPTS = 20;
  private static final long RETRY_PAUSE_MS = 50;
  private static final long TIMEOUT_S = 10;
  private static final int FLAGS = Pattern.DOTALL | Pattern.MULTILINE;
  private static final double MEBIBYTES_TO_GIGABITS = 8.0 * (1 << 20) / 1e9;

  private final String program;
  private final double toGigabits;

  ExternalTool(String program, double toGigabits) {
    this.program = program;
    this.toGigabits = toGigabits;
  }

  abstract List<String> server(int port);

  abstract List<String> client(int port);

  abstract Pattern result();

  String program() {
    return program;
  }

  /** Runs once over loopback: Gbit/s, or empty if it isn't installed or did not work. */
  OptionalDouble measure() throws IOException, InterruptedException {
    int port;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    Process server;
    try {
      server = start(server(port)).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
    try {
      for (int i = 0; i < START_ATTEMPTS; i++) {
        // There is no telling from outside when the server listens but to try.
        TimeUnit.MILLISECONDS.sleep(RETRY_PAUSE_MS);
        Matcher matcher = result().matcher(output(client(port)));
        if (matcher.find()) {
          return OptionalDouble.of(Double.parseDouble(matcher.group(1)) * toGigabits);
        }
      }
      return OptionalDouble.empty();
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static ProcessBuilder start(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("UCX_TLS", "tcp");
    builder.environment().put("UCX_NET_DEVICES", "lo");
    builder.environment().put("UCX_WARN_UNUSED_ENV_VARS", "n");
    return builder.redirectErrorStream(true);
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    Process process = start(command).start();
    try {
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(TIMEOUT_S, TimeUnit.SECONDS);
      return text;
    } finally {
      process.destroy();
    }
  }
}
