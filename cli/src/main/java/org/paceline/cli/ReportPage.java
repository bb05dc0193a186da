// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderRequest;
import org.paceline.api.UnitRecord;
import org.paceline.api.WorkUnit;

/** A run report for people: a table of the workers, and what each of them rendered when. */
final class ReportPage {
  private static final int LABEL_PIXELS = 220;
  private static final int CHART_PIXELS = 960;
  private static final int ROW_PIXELS = 26;
  private static final int BAR_PIXELS = 20;
  private static final int TICKS = 8;

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Paceline run</title><style>
      body { font: 14px sans-serif; margin: 2em; }
      table { border-collapse: collapse; }
      th, td { padding: 3px 10px; text-align: right; border-bottom: 1px solid #ddd; }
      th:first-child, td:first-child { text-align: left; }
      rect { stroke: #fff; stroke-width: 0.5; }
      .merged { fill: #3a7d44; } .surplus { fill: #d9a441; } .lost { fill: #b23a48; }
      text { font-size: 12px; } line { stroke: #ccc; }
      </style></head><body>
      """;

  private final RenderRequest request;
  private final RenderProgress progress;
  private final List<RunReport.WorkerSummary> workers;
  private final StringBuilder page = new StringBuilder(HEAD);

  private ReportPage(
      RenderRequest request, RenderProgress progress, List<RunReport.WorkerSummary> workers) {
    this.request = request;
    this.progress = progress;
    this.workers = workers;
  }

  /** The whole page. */
  static String html(
      RenderRequest request, RenderProgress progress, List<RunReport.WorkerSummary> workers) {
    return new ReportPage(request, progress, workers).html();
  }

  private String html() {
    add(
        "<h1>%dx%d, samples per pixel: %d</h1><p>%s after %.2f s, %.1f %% of the samples</p>%n",
        request.width(),
        request.height(),
        request.samples(),
        RunReport.lowerCase(progress.state()),
        progress.elapsedNs() / 1e9,
        100 * progress.fraction());
    table();
    timeline();
    page.append("</body></html>\n");
    return page.toString();
  }

  private void table() {
    page.append(
        "<table><tr><th>worker</th><th>samples</th><th>busy</th><th>units</th><th>surplus</th>"
            + "<th>lost</th><th>render p50 / p99 / max</th><th>from given to back p50 / p99 / max</th>"
            + "<th>round trip</th><th>scene sent</th></tr>\n");
    for (RunReport.WorkerSummary worker : workers) {
      add(
          "<tr><td>%s</td><td>%,d</td><td>%.1f %%</td><td>%d</td><td>%d</td><td>%d</td><td>%s</td>"
              + "<td>%s</td><td>%.2f ms</td><td>%.1f MB</td></tr>%n",
          label(worker),
          worker.mergedSamples(),
          100 * worker.utilisation(progress),
          worker.count(UnitRecord.Outcome.MERGED),
          worker.count(UnitRecord.Outcome.SURPLUS),
          worker.count(UnitRecord.Outcome.LOST),
          text(worker.renderNs()),
          text(worker.turnaroundNs()),
          RunReport.millis(worker.status().roundTripNs()),
          worker.status().sceneBytesSent() / 1e6);
    }
    page.append("</table>\n");
  }

  /** A bar begins when its unit's render can have begun at the latest. */
  private void timeline() {
    int height = ROW_PIXELS * (workers.size() + 1);
    add(
        "<h2>Units</h2><p>green: in the film; yellow: nobody needed it; red: lost</p>"
            + "<svg width=\"%d\" height=\"%d\">%n",
        LABEL_PIXELS + CHART_PIXELS + 40, height);
    for (int tick = 0; tick <= TICKS; tick++) {
      double x = LABEL_PIXELS + (double) CHART_PIXELS * tick / TICKS;
      add(
          "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/><text x=\"%.1f\" y=\"%d\">%.2f s</text>%n",
          x, x, height - ROW_PIXELS, x, height - 8, progress.elapsedNs() / 1e9 * tick / TICKS);
    }
    for (int row = 0; row < workers.size(); row++) {
      add(
          "<text x=\"0\" y=\"%d\">%s</text>%n",
          row * ROW_PIXELS + BAR_PIXELS - 5, label(workers.get(row)));
      for (UnitRecord unit : workers.get(row).units()) {
        bar(row, unit);
      }
    }
    page.append("</svg>\n");
  }

  private void bar(int row, UnitRecord record) {
    boolean rendered = record.renderNs() > 0;
    long startNs = rendered ? record.endedNs() - record.renderNs() : record.givenNs();
    double scale = (double) CHART_PIXELS / Math.max(1, progress.elapsedNs());
    WorkUnit unit = record.unit();
    add(
        "<rect class=\"%s\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\"><title>%dx%d at %d,%d,"
            + " samples %d to %d, %.1f ms</title></rect>%n",
        RunReport.lowerCase(record.outcome()),
        LABEL_PIXELS + Math.max(0, startNs) * scale,
        row * ROW_PIXELS,
        Math.max(0.5, (record.endedNs() - Math.max(0, startNs)) * scale),
        BAR_PIXELS,
        unit.width(),
        unit.height(),
        unit.x(),
        unit.y(),
        unit.firstSample(),
        unit.firstSample() + unit.sampleCount() - 1,
        RunReport.millis(record.endedNs() - startNs));
  }

  private static String text(Histogram ns) {
    return String.format(
        Locale.ROOT,
        "%.1f / %.1f / %.1f ms",
        RunReport.millis(ns.getValueAtPercentile(50)),
        RunReport.millis(ns.getValueAtPercentile(99)),
        RunReport.millis(ns.getMaxValue()));
  }

  /** Names come from workers: nothing in them may become markup. */
  private static String label(RunReport.WorkerSummary worker) {
    String name = worker.status().name();
    String label = name.isEmpty() ? worker.status().endpoint() : name;
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private void add(String format, Object... values) {
    page.append(String.format(Locale.ROOT, format, values));
  }
}
