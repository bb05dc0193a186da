// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.paceline.api.FileWriteException;
import org.paceline.charts.ChartSheet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs simulated clusters from the command line. */
@Command(
    name = "paceline simulate",
    description = {
      "Run whole clusters in one thread and in virtual time, with faults drawn from a seed, and"
          + " check that every image is right and every job ends.",
      "A seed that fails prints the command that repeats it; with --seed the run tells what"
          + " happens."
    })
public final class Simulate implements Callable<Integer> {
  private static final int MOST_WORKERS = 1_000;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it itself
  private boolean help;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed to run, or the first of several (default: 1).")
  private Long seed;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How many seeds to run (default: 1 with --seed, otherwise 1000).")
  private Integer seeds;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Workers in each cluster (default: 1 to 12, drawn from the seed).")
  private int workers;

  @Option(
      names = "--scale",
      description =
          "Instead, how well 1,000 and 10,000 workers of mixed speed are used that come and go."
              + " Takes 10 to 20 minutes and 4 GB of heap (-Xmx4g).")
  private boolean scale;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "scale.svg",
      description =
          "With --scale: chart to write beside the table, .svg or .png (default:"
              + " ${DEFAULT-VALUE}).")
  private Path out;

  private Simulate() {}

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Simulate()).execute(args));
  }

  /**
   * Runs one seed.
   *
   * @param workers how many; 0 leaves it to the seed
   * @return what went wrong, as a sentence; empty if nothing did
   */
  public static String failureOf(long seed, int workers) {
    return new Simulation(seed, workers, null).run().failure();
  }

  /** The command that repeats a run. */
  static String replay(long seed, int workers) {
    return "./paceline simulate --seed " + seed + " --workers " + workers;
  }

  /** The same for a checkout without the launcher. */
  static String replayWithMaven(long seed, int workers) {
    return "mvn -q -pl simulator exec:exec -Dsimulate.args=\"--seed "
        + seed
        + " --workers "
        + workers
        + '"';
  }

  @Override
  public Integer call() {
    if (workers < 0 || workers > MOST_WORKERS) {
      throw new ParameterException(
          spec.commandLine(), "--workers=" + workers + " is not in 0.." + MOST_WORKERS);
    }
    if (seeds != null && seeds < 1) {
      throw new ParameterException(spec.commandLine(), "--seeds=" + seeds + " is below 1");
    }
    if (scale) {
      return scale();
    }
    return seed != null && seeds == null ? one() : many();
  }

  private int scale() {
    Optional<String> problem = ChartSheet.problemWith(out);
    if (problem.isPresent()) {
      throw new ParameterException(spec.commandLine(), "--out=" + out + ": " + problem.get());
    }
    try {
      ScaleChart.of(Scale.print(System.out)).write(out);
    } catch (FileWriteException e) {
      System.err.println(e.getMessage());
      return 1;
    }
    System.out.println("chart: " + out);
    return 0;
  }

  private int one() {
    Outcome outcome = new Simulation(seed, workers, System.out).run();
    System.out.printf(
        Locale.ROOT,
        "seed %d: %s; trace %016x%n",
        seed,
        outcome.isFailure() ? outcome.failure() : "all is well",
        outcome.traceHash());
    return outcome.isFailure() ? 1 : 0;
  }

  private int many() {
    long first = seed == null ? 1 : seed;
    int count = seeds == null ? 1_000 : seeds;
    Tally tally = new Tally(count, System.out);
    LongStream.range(first, first + count)
        .parallel()
        .forEach(each -> tally.add(each, new Simulation(each, workers, null).run()));
    tally.summary();
    return tally.failures() == 0 ? 0 : 1;
  }
}
