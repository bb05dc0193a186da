// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.paceline.api.RenderRequest;
import org.paceline.cycles.CyclesScene;
import org.paceline.cycles.CyclesSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares a cluster on this machine with Cycles' own program. */
@Command(
    name = "bench",
    description = {
      "Render one scene with Cycles' own program on 2 threads, with 1 worker of 2 threads and with"
          + " 2 workers of 1 thread, in turn, and compare.",
      "Times are those of whole host processes, from start to written image; the workers run"
          + " already, but have no scene. Medians; adaptive sampling is off in all."
    },
    footer = {
      "%nExamples:",
      "  ./paceline bench",
      "  ./paceline bench examples/glass.xml --samples 256 --runs 5",
      "  ./paceline bench transports --help       the transports, side by side",
      "  ./paceline bench rdma --help             RDMA beside its drivers' own programs",
      "  ./paceline bench elastic --help          workers that come, go and stand still"
    })
final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "SCENE",
      description = "Cycles XML file (default: examples/heavy.xml of this checkout).")
  private Path scene;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "64",
      description = "Samples per pixel (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each kind (default: ${DEFAULT-VALUE}).")
  private int runs;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (samples < 1 || runs < 1) {
      throw CliException.usage("--samples and --runs must be at least 1");
    }
    Devices.requireAvailable(CyclesFile.DEVICE);
    Path file = scene != null ? scene : heavyScene();
    if (!Files.isRegularFile(file)) {
      throw CliException.usage(file + ": no such scene file");
    }
    try {
      Path directory = Files.createTempDirectory("paceline-bench");
      try {
        compare(file, directory);
      } finally {
        delete(directory);
      }
    } catch (IOException e) {
      throw CliException.failed("the bench can't use its temporary files: " + e.getMessage(), e);
    }
    return ExitCodes.OK;
  }

  private void compare(Path file, Path directory) throws IOException, InterruptedException {
    RenderRequest request = request(file);
    BenchRuns bench = new BenchRuns(uniform(file, directory), directory, request);
    Map<BenchRuns.Way, List<BenchRuns.Run>> results = new EnumMap<>(BenchRuns.Way.class);
    console.result(
        String.format(
            Locale.ROOT,
            "%s, %dx%d, samples per pixel: %d, interleaved runs of each: %d",
            file,
            request.width(),
            request.height(),
            samples,
            runs));
    for (int i = 1; i <= runs; i++) {
      for (BenchRuns.Way way : BenchRuns.Way.values()) {
        console.say("run " + i + " of " + runs + ": " + way.label());
        results.computeIfAbsent(way, key -> new ArrayList<>()).add(bench.run(way));
      }
    }
    List<BenchRuns.Run> standalone = results.get(BenchRuns.Way.STANDALONE);
    results.forEach((way, list) -> console.result(row(way, list, standalone)));
  }

  private static String row(
      BenchRuns.Way way, List<BenchRuns.Run> list, List<BenchRuns.Run> standalone) {
    String row =
        String.format(
            Locale.ROOT,
            "%-26s wall %.2f s, ratio %.3f (%s); CPU %.1f s, ratio %.3f",
            way.label(),
            median(list, BenchRuns.Run::wallSeconds),
            median(list, BenchRuns.Run::wallSeconds)
                / median(standalone, BenchRuns.Run::wallSeconds),
            list.stream()
                .map(run -> String.format(Locale.ROOT, "%.2f", run.wallSeconds()))
                .collect(Collectors.joining(" ")),
            median(list, BenchRuns.Run::cpuSeconds),
            median(list, BenchRuns.Run::cpuSeconds)
                / median(standalone, BenchRuns.Run::cpuSeconds));
    if (way == BenchRuns.Way.STANDALONE) {
      return row;
    }
    return row
        + String.format(
            Locale.ROOT,
            "%n%26s scene %.2f s, first pass %.3f s after it; host CPU %.1f %% of the workers'"
                + " while rendering, %.1f %% in all",
            "",
            median(list, BenchRuns.Run::sceneSeconds),
            median(list, BenchRuns.Run::firstPassSeconds),
            100 * median(list, run -> run.renderCpuSeconds() / run.workerCpuSeconds()),
            100 * median(list, run -> run.hostCpuSeconds() / run.workerCpuSeconds()));
  }

  private static double median(List<BenchRuns.Run> list, ToDoubleFunction<BenchRuns.Run> value) {
    double[] sorted = list.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Cycles' own program doesn't take the size from the scene: it must be told. */
  private RenderRequest request(Path file) {
    try (CyclesScene opened = CyclesScene.open(file, CyclesSettings.withSamples(samples))) {
      return opened.request();
    }
  }

  /** A scene that includes {@code file} and turns adaptive sampling off whatever it says. */
  private static Path uniform(Path file, Path directory) throws IOException {
    // Cycles joins an include's path to the including file's directory, absolute or not.
    Path source = directory.toRealPath().relativize(file.toRealPath());
    String escaped =
        source.toString().replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    Path wrapper = directory.resolve("scene.xml");
    Files.writeString(
        wrapper,
        "<cycles>\n<include src=\""
            + escaped
            + "\"/>\n<integrator use_adaptive_sampling=\"false\"/>\n</cycles>\n");
    return wrapper;
  }

  private static Path heavyScene() {
    String root = System.getProperty("paceline.root", ".");
    return Path.of(root, "examples", "heavy.xml");
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
