// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.paceline.api.FileWriteException;
import org.paceline.charts.ChartSheet;
import org.paceline.testnet.VirtualNetwork;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the transports with each other and with what they are built on, in one run. */
@Command(
    name = "paceline bench transports",
    description = {
      "Measure region writes and round trips over tcp, aeron and ipc on this machine, each beside"
          + " the same through plain sockets or plain Aeron.",
      "Then distribute a scene to 1, 2, 4 and 8 workers over tcp, aeron multicast and uftp, each"
          + " worker in a network namespace of its own on a link of limited rate. That needs root"
          + " and iproute2, and uftp for its rows.",
      "Prints tables and draws them."
    })
public final class TransportsBench implements Callable<Integer> {
  private static final int[] SIZES = {
    64, 1 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 16 << 20
  };
  private static final int[] QUICK_SIZES = {64, 64 << 10, 16 << 20};
  private static final int[] WORKERS = {1, 2, 4, 8};
  private static final int[] QUICK_WORKERS = {1, 2};
  private static final int ROUNDS = 9;
  private static final int WARM_UP_BYTES = 64 << 10;
  private static final long STREAM_NS = 700_000_000L;
  private static final long MEGABYTE = 1_000_000;

  /** An edited scene must be on its way for long enough to be seen. */
  private static final double MIN_DELIVERY_SECONDS = 0.1;

  private static final int MIN_MTU_BYTES = 1280;
  private static final int MAX_MTU_BYTES = 9000;

  private final TransportsChart chart = new TransportsChart();

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it itself
  private boolean help;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "transports.svg",
      description = "Chart to write, .svg or .png (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--quick", description = "Fewer sizes and workers, one round: a minute.")
  private boolean quick;

  @Option(
      names = "--scene-mb",
      paramLabel = "N",
      description = "Size of the scene that is distributed, in MB (default: 512; quick: 64).")
  private Integer sceneMegabytes;

  @Option(
      names = "--link-mbit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Rate of each node's link, in Mbit/s (default: ${DEFAULT-VALUE}).")
  private int linkMegabits;

  @Option(
      names = "--mtu",
      paramLabel = "BYTES",
      defaultValue = "1500",
      description = "Longest packet on the links; 9000: jumbo frames (default: ${DEFAULT-VALUE}).")
  private int mtuBytes;

  @Option(names = "--distribution", description = "Distribute the scene only.")
  private boolean distributionOnly;

  private TransportsBench() {}

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new TransportsBench()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ChartSheet.problemWith(out)
        .ifPresent(
            problem -> {
              throw new ParameterException(spec.commandLine(), "--out=" + out + ": " + problem);
            });
    int megabytes = sceneMegabytes != null ? sceneMegabytes : quick ? 64 : 512;
    if (linkMegabits < 1) {
      throw new ParameterException(
          spec.commandLine(), "--link-mbit=" + linkMegabits + " is below 1");
    }
    if (megabytes * 8.0 / linkMegabits < MIN_DELIVERY_SECONDS) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              Locale.ROOT,
              "--scene-mb=%d is through a link of %d Mbit/s in less than %s s; at least %.0f"
                  + " needed",
              megabytes,
              linkMegabits,
              MIN_DELIVERY_SECONDS,
              Math.ceil(MIN_DELIVERY_SECONDS * linkMegabits / 8)));
    }
    if (mtuBytes < MIN_MTU_BYTES || mtuBytes > MAX_MTU_BYTES) {
      throw new ParameterException(
          spec.commandLine(),
          "--mtu=" + mtuBytes + " is not in " + MIN_MTU_BYTES + ".." + MAX_MTU_BYTES);
    }
    System.out.printf(
        Locale.ROOT,
        "load average %.2f before, %d cores, Java %s, medians of %d rounds and of their ratios%n%n",
        loadAverage(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        rounds());
    System.out.println(aeronSettings() + "\n");
    if (!distributionOnly) {
      throughput();
      roundTrips();
    }
    deliveries(megabytes * MEGABYTE);
    System.out.printf(Locale.ROOT, "%nload average %.2f after%n", loadAverage());
    try {
      chart.write(out);
    } catch (FileWriteException e) {
      System.err.println(e.getMessage());
      return 1;
    }
    System.out.println("chart: " + out);
    return 0;
  }

  private int rounds() {
    return quick ? 1 : ROUNDS;
  }

  private static String aeronSettings() {
    boolean yields = ChannelPair.besideDriver() == YieldingIdleStrategy.INSTANCE;
    return String.format(
        Locale.ROOT,
        "Aeron: %d B datagrams, %d MiB terms, a driver of one thread that yields when idle%s;"
            + " through ipc %d MiB terms and a driver that sleeps",
        ChannelPair.OVER_UDP.mtuBytes(),
        ChannelPair.OVER_UDP.termBytes() >> 20,
        yields ? ", as do the two ends: there are too few cores for three to spin" : "",
        ChannelPair.OVER_IPC.ipcTermBytes() >> 20);
  }

  private static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private void throughput() throws IOException {
    Set<Kind> kinds = EnumSet.allOf(Kind.class);
    SortedMap<Integer, Map<Kind, Double>> gigabits = new TreeMap<>();
    SideBySide.warmUp(kinds, WARM_UP_BYTES);
    Report.throughputHeader(kinds);
    for (int size : quick ? QUICK_SIZES : SIZES) {
      Map<Kind, List<Double>> row = SideBySide.gigabits(kinds, size, rounds(), STREAM_NS);
      Report.throughputRow(size, row);
      Map<Kind, Double> medians = new EnumMap<>(Kind.class);
      row.forEach((kind, values) -> medians.put(kind, SideBySide.median(values)));
      gigabits.put(size, medians);
    }
    chart.throughput(gigabits);
  }

  private void roundTrips() throws IOException, InterruptedException {
    Map<Kind, SideBySide.RoundTrips> roundTrips =
        SideBySide.roundTrips(EnumSet.allOf(Kind.class), rounds());
    System.out.println();
    Report.roundTrips(roundTrips);
    chart.roundTrips(roundTrips);
  }

  private void deliveries(long sceneBytes) throws IOException, InterruptedException {
    System.out.println();
    String reason = VirtualNetwork.unavailableBecause();
    if (reason != null) {
      System.out.println("distribution of a scene skipped: " + reason);
      return;
    }
    Set<FanOut.Way> ways = EnumSet.allOf(FanOut.Way.class);
    String noUftp = UftpTransfer.unavailableBecause();
    if (noUftp != null) {
      System.out.println("uftp skipped: " + noUftp);
      ways.remove(FanOut.Way.UFTP);
    }
    Report.deliveryHeader(sceneBytes, linkMegabits, mtuBytes);
    FanOut fanOut = new FanOut(sceneBytes, linkMegabits * MEGABYTE, mtuBytes);
    List<FanOut.Delivery> deliveries = new ArrayList<>();
    for (int workers : quick ? QUICK_WORKERS : WORKERS) {
      for (FanOut.Way way : ways) {
        Optional<FanOut.Delivery> delivery = fanOut.deliver(way, workers);
        Report.deliveryRow(way, workers, delivery);
        delivery.ifPresent(deliveries::add);
      }
    }
    chart.deliveries(sceneBytes, linkMegabits, deliveries);
  }
}
