// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.paceline.api.CheckpointException;
import org.paceline.api.Checkpointing;
import org.paceline.api.ClusterConfig;
import org.paceline.api.FileWriteException;
import org.paceline.api.Film;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.WholeFile;
import org.paceline.api.WorkerStatus;
import org.paceline.api.transport.Endpoint;

/**
 * One render from the scene's file to the written image: what {@code demo} and {@code render}
 * share.
 */
final class RenderRun {
  private static final long POLL_MS = 100;
  private static final long CANCEL_LIMIT_SECONDS = 10;

  private final Console console;
  private final ClusterPlan plan;
  private final ImageOutput output;
  private final Optional<Checkpointing> checkpointing;
  private final RenderTimings timings = new RenderTimings();
  private final Set<String> told = new HashSet<>();
  private final RunReport report = new RunReport();
  private final List<OutputFile> reports;
  private final boolean timingsWanted;
  private final MetricsOption metrics;

  RenderRun(
      Console console,
      ClusterPlan plan,
      OutputFile output,
      Optional<Checkpointing> checkpointing,
      List<OutputFile> reports,
      boolean timingsWanted,
      MetricsOption metrics) {
    this.console = console;
    this.plan = plan;
    this.output = new ImageOutput(output, checkpointing);
    this.checkpointing = checkpointing;
    this.reports = reports;
    this.timingsWanted = timingsWanted;
    this.metrics = metrics;
  }

  /** Renders; returns the exit code once no local worker is left. */
  int run(SceneSource source) throws InterruptedException {
    // The guard is closed last: an interrupted JVM ends when the workers have.
    try (InterruptGuard guard = new InterruptGuard();
        MetricsServer metricsServer = metrics.start(console);
        WorkerProcesses local = plan.startLocalWorkers(source.device(), console);
        SceneLoading loading = SceneLoading.start(source, console, timings::sceneBuilt)) {
      List<Endpoint> endpoints = local.awaitEndpoints();
      try (RenderCluster cluster = RenderCluster.open(plan.withLocal(endpoints));
          RenderSession session = cluster.openSession(source.renderer())) {
        cluster.listensAt().ifPresent(at -> console.say("Waiting for workers at " + at));
        LoadedScene scene = loading.await();
        scene.push(session);
        if (!reports.isEmpty()) {
          session.addUnitListener(report);
        }
        metricsServer.add(registry -> RenderMetrics.registerWorkers(registry, session));
        RenderJob job = start(source, session, scene.request());
        job.addListener((unit, film) -> timings.passMerged());
        metricsServer.add(registry -> RenderMetrics.registerJob(registry, job));
        guard.watch(job);
        Optional<String> givenUp = follow(job, session, new LocalWorkers(endpoints, local));
        timings.rendered();
        return complete(job, givenUp, scene, session, guard);
      }
    }
  }

  private RenderJob start(SceneSource source, RenderSession session, RenderRequest request) {
    if (checkpointing.isEmpty()) {
      return session.render(request);
    }
    Checkpointing settings = checkpointing.get();
    try {
      RenderJob job = session.render(request, settings);
      if (settings.resume()) {
        RenderProgress progress = job.progress();
        console.say(
            progress.doneSamples() == 0
                ? "No checkpoint " + settings.file() + " yet: beginning with the first sample"
                : String.format(
                    Locale.ROOT,
                    "Going on from %s: %.1f %% is done",
                    settings.file(),
                    100 * progress.fraction()));
      }
      return job;
    } catch (CheckpointException e) {
      throw CliException.failed(e.getMessage() + newer(source, settings.file()), e);
    }
  }

  private static String newer(SceneSource source, Path checkpoint) {
    try {
      List<String> newer = source.filesNewerThan(Files.getLastModifiedTime(checkpoint));
      return newer.isEmpty() ? "" : "; newer than the checkpoint: " + String.join(", ", newer);
    } catch (IOException e) {
      return ""; // only the one before it is there
    }
  }

  /** Until the job is over; tells why it was given up, if it was. */
  private Optional<String> follow(RenderJob job, RenderSession session, LocalWorkers local)
      throws InterruptedException {
    ProgressReporter reporter = new ProgressReporter(console, job.request());
    while (!job.await(POLL_MS, TimeUnit.MILLISECONDS).isTerminal()) {
      List<WorkerStatus> workers = session.workers();
      local.observe(workers, System.nanoTime());
      boolean allGone = workers.stream().allMatch(local::isGoneForGood);
      if (allGone && !plan.config().expectsMore()) {
        String reason = "no worker can render this; " + local.reasons(workers);
        job.cancel();
        job.await(CANCEL_LIMIT_SECONDS, TimeUnit.SECONDS);
        return Optional.of(reason);
      }
      local.endings().filter(told::add).forEach(console::say);
      tellTransports(workers);
      reporter.update(System.nanoTime(), job.progress(), workers);
    }
    return Optional.empty();
  }

  /** How each worker is reached, where that was a choice. */
  private void tellTransports(List<WorkerStatus> workers) {
    for (WorkerStatus worker : workers) {
      boolean chosen = !plan.config().transport().equals(ClusterConfig.DEFAULT_TRANSPORT);
      String line = "Worker " + worker.endpoint() + " over " + worker.transport();
      if (chosen && !worker.transport().isEmpty() && told.add(line)) {
        console.say(line);
      }
    }
  }

  /** Writes all that is to be written; returns the exit code. */
  private int complete(
      RenderJob job,
      Optional<String> givenUp,
      LoadedScene scene,
      RenderSession session,
      InterruptGuard guard) {
    boolean reported;
    int code;
    try {
      // The image first: a report that can't be written must not cost it.
      if (givenUp.isPresent() && !guard.interrupted()) {
        throw failed(givenUp.get(), job, scene);
      }
      code = finish(job, scene, guard);
    } catch (CliException e) {
      if (!guard.interrupted()) {
        throw e;
      }
      // The JVM ends as soon as it may, and would cut the sentence off.
      console.say("paceline: " + e.getMessage());
      guard.fail();
      code = ExitCodes.FAILED;
    } finally {
      reported = writeReports(job, session.workers());
    }
    return reported || code != ExitCodes.OK ? code : ExitCodes.FAILED;
  }

  private int finish(RenderJob job, LoadedScene scene, InterruptGuard guard) {
    RenderProgress progress = job.progress();
    Film film = job.film();
    if (progress.state() == RenderProgress.State.FAILED) {
      throw failed(job.failure(), job, scene);
    }
    if (progress.state() == RenderProgress.State.CANCELLED) {
      if (!guard.interrupted()) {
        throw CliException.failed("the render was cancelled");
      }
      if (progress.doneSamples() == 0) {
        console.say("Interrupted before the first pass: no image was written");
        return ExitCodes.INTERRUPTED;
      }
      write(scene, film);
      console.say("Interrupted: " + unfinished(job));
      return ExitCodes.INTERRUPTED;
    }
    write(scene, film);
    console.say(
        String.format(
            Locale.ROOT,
            "%dx%d, samples per pixel: %d, rendered in %.1f s",
            film.width(),
            film.height(),
            job.request().samples(),
            progress.elapsedNs() * 1e-9));
    return ExitCodes.OK;
  }

  /** What a render that failed has is written all the same. */
  private CliException failed(String reason, RenderJob job, LoadedScene scene) {
    if (job.progress().doneSamples() == 0) {
      return CliException.failed(reason);
    }
    try {
      write(scene, job.film());
      return CliException.failed(reason + "; " + unfinished(job));
    } catch (CliException e) {
      return CliException.failed(reason + "; " + e.getMessage(), e);
    }
  }

  private String unfinished(RenderJob job) {
    return "the image has "
        + samplesDone(job.film())
        + " of "
        + job.request().samples()
        + " samples per pixel"
        + checkpointing.map(settings -> "; --resume goes on from " + settings.file()).orElse("");
  }

  /** Returns whether all were written; says which could not. */
  private boolean writeReports(RenderJob job, List<WorkerStatus> statuses) {
    RenderProgress progress = job.progress();
    // Once: copies of units may still come in, and all reports should tell the same.
    List<RunReport.WorkerSummary> workers = report.workers(statuses);
    boolean written = true;
    for (OutputFile file : reports) {
      String text =
          file.path().toString().toLowerCase(Locale.ROOT).endsWith(".json")
              ? RunReport.json(job.request(), progress, workers)
              : ReportPage.html(job.request(), progress, workers);
      try {
        WholeFile.replace(file.path(), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
      } catch (FileWriteException e) {
        console.say("paceline: " + e.getMessage());
        written = false;
      }
    }
    return written;
  }

  private void write(LoadedScene scene, Film film) {
    output.write(scene, film);
    if (timingsWanted) {
      console.say(timings.summary());
    }
    console.result(output.path().toString());
  }

  private static String samplesDone(Film film) {
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (int y = 0; y < film.height(); y++) {
      for (int x = 0; x < film.width(); x++) {
        int samples = film.samples(x, y);
        least = Math.min(least, samples);
        most = Math.max(most, samples);
      }
    }
    return least == most ? String.valueOf(least) : least + " to " + most;
  }
}
