// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs that come with RDMA's drivers to measure a device, both ends on this machine. */
final class PerfTest {
  private static final int START_ATTEMPTS = 20;
  private static final long RETRY_PAUSE_MS = 100;
  private static final long SERVER_END_S = 10;

  private static final double MEBIBYTES_TO_GIGABITS = 8.0 * (1 << 20) / 1e9;

  /** Bytes, iterations, best and average MiB/s, message rate. */
  private static final Pattern BANDWIDTH =
      Pattern.compile("^ *\\d+ +\\d+ +[0-9.]+ +([0-9.]+)\\s+[0-9.]+\\s*$", Pattern.MULTILINE);

  /** Bytes, iterations, least, most and typical microseconds of one way, and more. */
  private static final Pattern LATENCY =
      Pattern.compile("^ *\\d+ +\\d+ +[0-9.]+ +[0-9.]+ +([0-9.]+) ", Pattern.MULTILINE);

  private final String address;

  /**
   * For a device of this machine.
   *
   * @param address its IPv4 address
   */
  PerfTest(String address) {
    this.address = address;
  }

  /** Gbit/s of RDMA WRITEs of this size. */
  double writeBandwidth(int sizeBytes, int iterations) throws IOException, InterruptedException {
    return measure("ib_write_bw", sizeBytes, iterations, BANDWIDTH) * MEBIBYTES_TO_GIGABITS;
  }

  /** Median of microseconds that a SEND of this size takes one way. */
  double sendLatency(int sizeBytes, int iterations) throws IOException, InterruptedException {
    return measure("ib_send_lat", sizeBytes, iterations, LATENCY);
  }

  private double measure(String program, int sizeBytes, int iterations, Pattern result)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program, "--rdma_cm"));
    command.addAll(List.of("--size=" + sizeBytes, "--iters=" + iterations));
    Process server = start(command, ProcessBuilder.Redirect.DISCARD);
    try {
      command.add(address);
      String said = "";
      for (int i = 0; i < START_ATTEMPTS && server.isAlive(); i++) {
        // There is no telling from outside when the server listens but to try.
        TimeUnit.MILLISECONDS.sleep(RETRY_PAUSE_MS);
        Process client = start(command, ProcessBuilder.Redirect.PIPE);
        said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        client.waitFor();
        Matcher matcher = result.matcher(said);
        if (matcher.find()) {
          server.waitFor(SERVER_END_S, TimeUnit.SECONDS);
          return Double.parseDouble(matcher.group(1));
        }
      }
      throw new IOException(program + " did not work:\n" + said);
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private static Process start(List<String> command, ProcessBuilder.Redirect output)
      throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
  }
}
