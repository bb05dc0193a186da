// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.paceline.api.DurationHistogram;
import org.paceline.api.FilmLayout;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderProgress.State;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkerStatus;

class ProgressReporterTest {
  private static final RenderRequest REQUEST =
      new RenderRequest(100, 100, 50, FilmLayout.combined());
  private static final long TOTAL = 100 * 100 * 50;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void plainLinesComeEveryTenthButNotOftenerThanEverySecond() {
    ProgressReporter reporter = reporter(false);
    for (int tick = 0; tick <= 100; tick++) {
      reporter.update(millis(tick * 50L), rendering(TOTAL * tick / 100), List.of());
    }
    assertEquals(5, text().lines().count(), text());
    assertTrue(text().contains(" 20 %  10.0 of 50 samples"), text());
  }

  @Test
  void aSlowRenderIsHeardOfEveryTenSeconds() {
    ProgressReporter reporter = reporter(false);
    for (int second = 0; second <= 25; second++) {
      reporter.update(millis(second * 1000L), rendering(second), List.of());
    }
    assertEquals(3, text().lines().count(), text());
  }

  @Test
  void theLineHasRateWorkersAndTimeLeft() {
    ProgressReporter reporter = reporter(true);
    reporter.update(0, rendering(0), List.of());
    reporter.update(millis(1000), rendering(TOTAL / 4), List.of());
    assertTrue(
        text()
            .endsWith("25 %  12.5 of 50 samples  125 ksamples/s  3 workers (1 loading)  ETA 0:03"),
        text());
  }

  @Test
  void waitingNamesEveryWorkerAndItsReason() {
    ProgressReporter reporter = reporter(false);
    List<WorkerStatus> workers = List.of(lost("render1:4711", "connection refused"));
    reporter.update(0, progress(State.WAITING, 0, 0), workers);
    assertEquals("", text());
    for (int second = 1; second <= 12; second++) {
      reporter.update(millis(second * 1000L), progress(State.WAITING, 0, 0), workers);
    }
    assertEquals("No worker attached yet; waiting for render1:4711 (connection refused)\n", text());
  }

  @Test
  void waitingAgainIsToldApart() {
    ProgressReporter reporter = reporter(false);
    reporter.update(0, rendering(5), List.of());
    List<WorkerStatus> workers = List.of(lost("render1:4711", ""));
    reporter.update(millis(100), progress(State.WAITING, 5, 0), workers);
    reporter.update(millis(3200), progress(State.WAITING, 5, 0), workers);
    assertEquals("No worker left; waiting for render1:4711\n", text());
  }

  private ProgressReporter reporter(boolean inPlace) {
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new ProgressReporter(new Console(stream, stream, inPlace), REQUEST);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static RenderProgress rendering(long doneSamples) {
    return progress(State.RENDERING, doneSamples, 3);
  }

  private static RenderProgress progress(State state, long doneSamples, int workers) {
    int attached = workers == 0 ? 0 : workers + 1;
    return new RenderProgress(state, doneSamples, TOTAL, 1, workers, attached, 0);
  }

  private static WorkerStatus lost(String endpoint, String detail) {
    return new WorkerStatus(
        endpoint,
        "",
        "",
        WorkerStatus.State.CONNECTING,
        detail,
        0,
        0,
        DurationHistogram.EMPTY,
        0,
        0);
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
