// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.paceline.testnet.VirtualNetwork;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares renders by workers that come, go and stand still with what these could do at best. */
@Command(
    name = "paceline bench elastic",
    description = {
      "Render with four workers that are found by mDNS, of which one is killed, one is cut off from"
          + " the network for ten seconds, and to which one is added. Then render with two workers,"
          + " of which one runs only 5 ms of every 100 ms.",
      "The time of each render is compared with the least that the workers' speeds allow, and the"
          + " first one's image with that of an undisturbed render, bit by bit.",
      "The first needs root and iproute2, for a network namespace for each worker; its workers"
          + " render at a set pace, so that two cores are enough for all of them."
    })
public final class ElasticBench implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it itself
  private boolean help;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each is rendered (default: ${DEFAULT-VALUE}, some five minutes).")
  private int rounds;

  private ElasticBench() {}

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ElasticBench()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rounds < 1) {
      throw new ParameterException(spec.commandLine(), "--rounds=" + rounds + " is below 1");
    }
    System.out.printf(
        Locale.ROOT,
        "load average %.2f before, %d cores, Java %s%n",
        loadAverage(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version());
    boolean same = churn();
    slowWorker();
    System.out.printf(Locale.ROOT, "%nload average %.2f after%n", loadAverage());
    return same ? 0 : 1;
  }

  private static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** Whether every image was as it should be. */
  private boolean churn() throws IOException, InterruptedException {
    String reason = VirtualNetwork.unavailableBecause();
    if (reason != null) {
      System.out.println("\nworkers that come and go: skipped, " + reason);
      return true;
    }
    System.out.printf(
        Locale.ROOT,
        "%nfour workers at %,d samples/s; one is killed after %d s, one cut off from %d to %d s,"
            + " one started after %d s%n",
        Churn.SAMPLES_PER_SECOND,
        Churn.KILL_AT_S,
        Churn.CUT_OFF_AT_S,
        Churn.RESTORE_AT_S,
        Churn.ADD_AT_S);
    System.out.println(
        "seconds; in the ideal a worker counts once it has the scene, in the strict one once it can"
            + " be reached; pace: part of the set one that the slowest kept");
    System.out.printf(
        Locale.ROOT,
        "  %-8s %7s %7s %6s %7s %6s %10s %10s %6s  %s%n",
        "",
        "took",
        "ideal",
        "ratio",
        "strict",
        "ratio",
        "back after",
        "new after",
        "pace",
        "image");
    String expected = Churn.undisturbed();
    List<Churn.Result> results = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      Churn.Result result = Churn.render();
      results.add(result);
      System.out.printf(
          Locale.ROOT,
          "  %-8s %7.2f %7.2f %6.3f %7.2f %6.3f %10.2f %10.2f %6.3f  %s%n",
          "round " + round,
          result.seconds(),
          result.ideal(),
          result.ratio(),
          result.strictIdeal(),
          result.strictRatio(),
          result.returnedAfter(),
          result.addedAfter(),
          result.pace(),
          result.digest().equals(expected) ? "same bits" : "OTHER BITS");
    }
    System.out.printf(
        Locale.ROOT,
        "  %-8s %22.3f %14.3f%n",
        "median",
        median(results, Churn.Result::ratio),
        median(results, Churn.Result::strictRatio));
    return results.stream().allMatch(result -> result.digest().equals(expected));
  }

  private void slowWorker() throws IOException, InterruptedException {
    System.out.printf(
        Locale.ROOT,
        "%ntwo workers of one thread; one runs %d ms of every %d ms; speeds alone in samples/s%n",
        SlowWorker.RUNNING.toMillis(),
        SlowWorker.RUNNING.plus(SlowWorker.STANDING).toMillis());
    System.out.printf(
        Locale.ROOT,
        "  %-8s %7s %7s %6s %10s %10s %6s%n",
        "",
        "took",
        "ideal",
        "ratio",
        "fast",
        "slow",
        "x");
    List<SlowWorker.Result> results = new ArrayList<>();
    try (SlowWorker workers = SlowWorker.start()) {
      for (int round = 1; round <= rounds; round++) {
        SlowWorker.Result result = workers.render();
        results.add(result);
        System.out.printf(
            Locale.ROOT,
            "  %-8s %7.2f %7.2f %6.3f %,10.0f %,10.0f %6.1f%n",
            "round " + round,
            result.seconds(),
            result.ideal(),
            result.ratio(),
            result.fast(),
            result.slow(),
            result.fast() / result.slow());
      }
    }
    System.out.printf(
        Locale.ROOT, "  %-8s %22.3f%n", "median", median(results, SlowWorker.Result::ratio));
  }

  private static <T> double median(List<T> results, ToDoubleFunction<T> value) {
    return SideBySide.median(results.stream().mapToDouble(value).boxed().toList());
  }
}
