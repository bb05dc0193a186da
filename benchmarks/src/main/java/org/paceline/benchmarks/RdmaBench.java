// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.Transports;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Compares the RDMA transport with the programs that RDMA's drivers are measured with, and with
 * Paceline's TCP to the same address.
 *
 * <p>Everything is measured in turn in each of several rounds and the median is shown, so that
 * noise from elsewhere on the machine meets all alike.
 */
@Command(
    name = "paceline bench rdma",
    description = {
      "Measure region writes and round trips over rdma beside ib_write_bw and ib_send_lat, and over"
          + " tcp to the same address; both ends are on this machine.",
      "Without an RDMA device, all of it runs on one in software in a virtual machine: then only"
          + " the ratios mean something."
    })
public final class RdmaBench implements Callable<Integer> {
  private static final String RDMA = "rdma";
  private static final List<String> SCHEMES = List.of(RDMA, "tcp");
  private static final int[] SIZES = {1 << 20, 64 << 10};
  private static final String IB_WRITE_BW = "ib_write_bw";
  private static final String IB_SEND_LAT = "2 x ib_send_lat";

  /** What one run of ib_write_bw moves. */
  private static final int PERFTEST_BYTES = 200 << 20;

  private static final int PERFTEST_SENDS = 2000;

  /** As much as ib_write_bw has on the way, within reason: 128 writes. */
  private static final long MAX_QUEUED_BYTES = 16 << 20;

  /** No more than the transport registers in one call. */
  private static final int REGION_BYTES = 64 << 20;

  private static final long SECOND_NS = 1_000_000_000L;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it itself
  private boolean help;

  @Option(
      names = "--address",
      paramLabel = "IPV4",
      required = true,
      description = "Address of the device.")
  private String address;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often everything is measured (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "How long each transport warms up (default: ${DEFAULT-VALUE}).")
  private int warmUpSeconds;

  private RdmaBench() {}

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new RdmaBench()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rounds < 1 || warmUpSeconds < 1) {
      throw new ParameterException(spec.commandLine(), "--rounds and --warm-up must be at least 1");
    }
    String obstacle = new Transports().unavailable().get(RDMA);
    if (obstacle != null) {
      throw new ParameterException(spec.commandLine(), obstacle);
    }
    System.out.printf(
        Locale.ROOT,
        "both ends at %s, medians of %d rounds; %d cores, Java %s, load average %.2f%n",
        address,
        rounds,
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    for (String scheme : SCHEMES) {
      gigabits(scheme, SIZES[0], warmUpSeconds * SECOND_NS / 2);
      microseconds(scheme, warmUpSeconds * SECOND_NS / 2);
    }
    Map<Integer, Rounds> throughput = new LinkedHashMap<>();
    Rounds roundTrips = new Rounds();
    List<Double> registrations = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int size : SIZES) {
        writes(size, throughput.computeIfAbsent(size, s -> new Rounds()));
      }
      roundTrips(roundTrips);
      registrations.add(registrationMs());
    }
    throughput.forEach(
        (size, results) -> results.print((size >> 10) + " KiB a write, Gbit/s", IB_WRITE_BW));
    roundTrips.print("64 B there and back, median us", IB_SEND_LAT);
    double registering = SideBySide.median(registrations);
    double writing = REGION_BYTES * 8e-6 / throughput.get(SIZES[0]).median(RDMA);
    System.out.printf(
        Locale.ROOT,
        "%na region of 64 MiB is registered in %.1f ms, %.3f of the time that writing it takes%n",
        registering,
        registering / writing);
    return 0;
  }

  private void writes(int sizeBytes, Rounds results) throws IOException, InterruptedException {
    int count = PERFTEST_BYTES / sizeBytes;
    results.add(IB_WRITE_BW, new PerfTest(address).writeBandwidth(sizeBytes, count));
    for (String scheme : SCHEMES) {
      results.add(scheme, gigabits(scheme, sizeBytes, SECOND_NS));
    }
  }

  private void roundTrips(Rounds results) throws IOException, InterruptedException {
    double oneWay = new PerfTest(address).sendLatency(EchoLink.MESSAGE_BYTES, PERFTEST_SENDS);
    results.add(IB_SEND_LAT, 2 * oneWay);
    for (String scheme : SCHEMES) {
      results.add(scheme, microseconds(scheme, SECOND_NS));
    }
  }

  private double registrationMs() {
    try (NativeMemory region = NativeMemory.allocateZeroed(REGION_BYTES);
        ChannelPair pair = connect(RDMA)) {
      long start = System.nanoTime();
      pair.far.register(1, region);
      return (System.nanoTime() - start) / 1e6;
    }
  }

  private double gigabits(String scheme, int sizeBytes, long durationNs) throws IOException {
    try (WriteStream stream = new RegionWriteStream(connect(scheme), sizeBytes, MAX_QUEUED_BYTES)) {
      return SideBySide.gigabits(stream, sizeBytes, durationNs);
    }
  }

  private double microseconds(String scheme, long durationNs) throws IOException {
    try (EchoLink link = MessageEchoLink.of(connect(scheme))) {
      return Latency.closedLoop(link, durationNs).getValueAtPercentile(50) / 1000.0;
    }
  }

  /** With a key, without which nothing listens where others could connect. */
  private ChannelPair connect(String scheme) {
    ClusterConfig config =
        ClusterConfig.builder().key("a bench").heartbeatTimeout(Duration.ofSeconds(10)).build();
    return new ChannelPair(new Endpoint(scheme, address, 0), config, BusySpinIdleStrategy.INSTANCE);
  }

  /** What was measured in every round, by name. */
  private static final class Rounds {
    private final Map<String, List<Double>> results = new LinkedHashMap<>();

    void add(String name, double result) {
      results.computeIfAbsent(name, n -> new ArrayList<>()).add(result);
    }

    double median(String name) {
      return SideBySide.median(results.get(name));
    }

    void print(String title, String baseline) {
      double base = median(baseline);
      System.out.printf(Locale.ROOT, "%n%-34s%10s %20s%n", title, "", "ratio (each round)");
      results.forEach(
          (name, values) -> {
            double median = SideBySide.median(values);
            System.out.printf(Locale.ROOT, "  %-32s%10.3f %6.2f ", name, median, median / base);
            for (int round = 0; round < values.size(); round++) {
              System.out.printf(
                  Locale.ROOT, " %.2f", values.get(round) / results.get(baseline).get(round));
            }
            System.out.println();
          });
    }
  }
}
