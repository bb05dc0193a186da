// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.paceline.api.RenderRequest;
import org.paceline.api.transport.Endpoint;

/** Single runs of the bench, each in fresh processes. */
final class BenchRuns {
  /** What is compared. */
  enum Way {
    STANDALONE("cycles, 2 threads", 0, 2),
    ONE_WORKER("1 worker, 2 threads", 1, 2),
    TWO_WORKERS("2 workers, 1 thread each", 2, 1);

    private final String label;
    private final int workers;
    private final int threads;

    Way(String label, int workers, int threads) {
      this.label = label;
      this.workers = workers;
      this.threads = threads;
    }

    String label() {
      return label;
    }
  }

  /**
   * What one run took. Of the standalone only the first two are known.
   *
   * @param wallSeconds the host process, from its start to its end
   * @param cpuSeconds CPU time of all processes: comparable on a machine that does other things too
   * @param sceneSeconds until the scene was built
   * @param firstPassSeconds from then until the first pass was merged
   * @param renderCpuSeconds CPU time of the host while it rendered
   * @param hostCpuSeconds CPU time of the host, its start and the scene included
   * @param workerCpuSeconds CPU time of the workers during the run
   */
  record Run(
      double wallSeconds,
      double cpuSeconds,
      double sceneSeconds,
      double firstPassSeconds,
      double renderCpuSeconds,
      double hostCpuSeconds,
      double workerCpuSeconds) {}

  private record Finished(double wallSeconds, double cpuSeconds, String output) {}

  private final Path scene;
  private final Path directory;
  private final RenderRequest request;

  BenchRuns(Path scene, Path directory, RenderRequest request) {
    this.scene = scene;
    this.directory = directory;
    this.request = request;
  }

  Run run(Way way) throws IOException, InterruptedException {
    return way.workers == 0 ? standalone(way) : cluster(way);
  }

  private Run standalone(Way way) throws IOException, InterruptedException {
    Path program = Path.of(System.getProperty(ChildJvm.NATIVE_DIR_PROPERTY, ""), "bin", "cycles");
    Finished finished =
        timed(
            List.of(
                program.toString(),
                "--background",
                "--quiet",
                "--threads",
                String.valueOf(way.threads),
                "--samples",
                String.valueOf(request.samples()),
                "--width",
                String.valueOf(request.width()),
                "--height",
                String.valueOf(request.height()),
                "--output",
                directory.resolve("standalone.png").toString(),
                scene.toString()));
    return new Run(finished.wallSeconds(), finished.cpuSeconds(), 0, 0, 0, 0, 0);
  }

  private Run cluster(Way way) throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    WorkerLaunch launch = WorkerLaunch.of(CyclesFile.DEVICE, way.threads);
    try (WorkerProcesses workers = WorkerProcesses.start(way.workers, launch, problems::add)) {
      String endpoints =
          workers.awaitEndpoints().stream()
              .map(Endpoint::toString)
              .collect(Collectors.joining(","));
      double before = workers.cpuTime().toNanos() * 1e-9;
      Finished host =
          timed(
              ChildJvm.command(
                  List.of(
                      "render",
                      scene.toString(),
                      "--output=" + directory.resolve("cluster.png"),
                      "--samples=" + request.samples(),
                      "--width=" + request.width(),
                      "--height=" + request.height(),
                      "--worker=" + endpoints,
                      "--timings")));
      double workerCpu = workers.cpuTime().toNanos() * 1e-9 - before;
      Map<String, Double> timings = RenderTimings.parse(host.output());
      return new Run(
          host.wallSeconds(),
          host.cpuSeconds() + workerCpu,
          timings.get("scene"),
          timings.get("first-pass"),
          timings.get("render-cpu"),
          host.cpuSeconds(),
          workerCpu);
    }
  }

  private static Finished timed(List<String> command) throws IOException, InterruptedException {
    double cpuBefore = ChildCpu.seconds();
    long started = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    int code;
    try (Stream<String> lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
      output = lines.collect(Collectors.joining("\n"));
      code = process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    double wallSeconds = (System.nanoTime() - started) * 1e-9;
    if (code != 0) {
      throw CliException.failed(command.get(0) + " ended with exit code " + code + ": " + output);
    }
    return new Finished(wallSeconds, ChildCpu.seconds() - cpuBefore, output);
  }
}
