// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkerStatus;

/**
 * Tells a person how a render goes: one line redrawn in place on a terminal, else a line after the
 * first second and for every tenth of the work, but not more than one a second and not fewer than
 * one in ten.
 */
final class ProgressReporter {
  private static final long LINE_MIN_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long LINE_MAX_NS = TimeUnit.SECONDS.toNanos(10);

  /** The rate is that of the last seconds: it must follow workers that come and go. */
  private static final long RATE_WINDOW_NS = TimeUnit.SECONDS.toNanos(10);

  /** Workers warm up: an estimate from less than this only frightens. */
  private static final long ETA_MIN_NS = TimeUnit.SECONDS.toNanos(1);

  /** Workers are usually there within this; saying that none is before would only alarm. */
  private static final long WAITING_GRACE_NS = TimeUnit.SECONDS.toNanos(3);

  private record Sample(long timeNs, long doneSamples) {}

  private final Console console;
  private final RenderRequest request;
  private final Deque<Sample> recent = new ArrayDeque<>();
  private boolean hadWorkers;
  private boolean waiting;
  private long waitingSinceNs;
  private long lastLineNs;
  private int lastTenth;

  ProgressReporter(Console console, RenderRequest request) {
    this.console = console;
    this.request = request;
  }

  /** Call a few times a second. */
  void update(long nowNs, RenderProgress progress, List<WorkerStatus> workers) {
    if (progress.state() == RenderProgress.State.WAITING) {
      updateWaiting(nowNs, workers);
      return;
    }
    if (waiting) {
      waiting = false;
      recent.clear();
    }
    hadWorkers |= progress.workers() > 0;
    recent.addLast(new Sample(nowNs, progress.doneSamples()));
    while (recent.size() > 2 && nowNs - recent.peekFirst().timeNs() > RATE_WINDOW_NS) {
      recent.removeFirst();
    }
    if (console.inPlace()) {
      console.status(text(progress));
      return;
    }
    int tenth = (int) (progress.fraction() * 10);
    if (recent.size() == 1) {
      // The first line waits until there is a rate to tell, and comes whatever is done by then.
      lastLineNs = nowNs;
      lastTenth = -1;
    } else if (nowNs - lastLineNs >= (tenth > lastTenth ? LINE_MIN_NS : LINE_MAX_NS)) {
      lastTenth = tenth;
      lastLineNs = nowNs;
      console.say(text(progress));
    }
  }

  private void updateWaiting(long nowNs, List<WorkerStatus> workers) {
    if (!waiting) {
      waiting = true;
      waitingSinceNs = nowNs;
      lastLineNs = nowNs - LINE_MAX_NS;
    }
    if (nowNs - waitingSinceNs < WAITING_GRACE_NS) {
      return;
    }
    String text =
        (hadWorkers ? "No worker left; waiting for " : "No worker attached yet; waiting for ")
            + (workers.isEmpty()
                ? "one to come; './paceline nodes' shows those that announce themselves"
                : workers.stream()
                    .map(ProgressReporter::described)
                    .collect(Collectors.joining(", ")));
    // Reasons can be longer than a status line, and they are the point.
    if (nowNs - lastLineNs >= LINE_MAX_NS) {
      lastLineNs = nowNs;
      console.say(text);
    }
    console.status("Waiting for workers");
  }

  private static String described(WorkerStatus worker) {
    return worker.detail().isEmpty()
        ? worker.endpoint()
        : worker.endpoint() + " (" + worker.detail() + ")";
  }

  private String text(RenderProgress progress) {
    double samplesPerPixel =
        (double) progress.doneSamples() / ((long) request.width() * request.height());
    return String.format(
        Locale.ROOT,
        "%3d %%  %.1f of %d samples  %s  %s%s",
        (int) (progress.fraction() * 100),
        samplesPerPixel,
        request.samples(),
        rateText(),
        workersText(progress),
        etaText(progress));
  }

  private static String workersText(RenderProgress progress) {
    int loading = progress.attachedWorkers() - progress.workers();
    return progress.workers()
        + (progress.workers() == 1 ? " worker" : " workers")
        + (loading > 0 ? " (" + loading + " loading)" : "");
  }

  private String rateText() {
    double rate = samplesPerSecond();
    if (rate >= 1e6) {
      return String.format(Locale.ROOT, "%.2f Msamples/s", rate / 1e6);
    }
    return String.format(Locale.ROOT, "%.0f ksamples/s", rate / 1e3);
  }

  private String etaText(RenderProgress progress) {
    double rate = samplesPerSecond();
    long measuredNs = recent.getLast().timeNs() - recent.getFirst().timeNs();
    if (rate <= 0 || measuredNs < ETA_MIN_NS) {
      return "";
    }
    long seconds = Math.round((progress.totalSamples() - progress.doneSamples()) / rate);
    return seconds >= 3600
        ? String.format(
            Locale.ROOT, "  ETA %d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        : String.format(Locale.ROOT, "  ETA %d:%02d", seconds / 60, seconds % 60);
  }

  private double samplesPerSecond() {
    Sample first = recent.getFirst();
    Sample last = recent.getLast();
    if (last.timeNs() == first.timeNs()) {
      return 0;
    }
    return (last.doneSamples() - first.doneSamples()) * 1e9 / (last.timeNs() - first.timeNs());
  }
}
