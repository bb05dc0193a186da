// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.paceline.api.Checkpointing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Renders the quick-start scene with the reference device. */
@Command(
    name = "demo",
    sortOptions = false,
    description = {
      "Render the quick-start scene with the built-in Java path tracer, on two worker processes that"
          + " are started here unless told otherwise.",
      "Nothing native is needed, so this also shows whether two machines reach each other."
    },
    footer = {
      "%nExamples:",
      "  ./paceline demo",
      "  ./paceline demo -o big.png --width 1920 --height 1080 --samples 256",
      "  ./paceline demo --key-file key --worker render1 --local",
      "      while render1 runs ./paceline worker --key-file key --device reference"
    })
final class DemoCommand implements Callable<Integer> {
  private static final int LOCAL_WORKERS = 2;

  private final Console console;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "demo.png",
      description = "PNG file to write (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "64",
      description = "Samples per pixel (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--width",
      paramLabel = "PIXELS",
      defaultValue = "960",
      description = "Image width (default: ${DEFAULT-VALUE}).")
  private int width;

  @Option(
      names = "--height",
      paramLabel = "PIXELS",
      defaultValue = "540",
      description = "Image height (default: ${DEFAULT-VALUE}).")
  private int height;

  @Mixin private ClusterOptions cluster;

  @Mixin private CheckpointOptions checkpoint;

  @Mixin private TimingsOption timings;

  @Mixin private ReportOption report;

  @Mixin private MetricsOption metrics;

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    OutputFile file = OutputFile.checked(output, List.of(".png"));
    Optional<Checkpointing> checkpointing = checkpoint.checked(() -> "");
    List<OutputFile> reports = report.checked();
    ClusterPlan plan = cluster.plan(console, LOCAL_WORKERS);
    DemoScene scene = DemoScene.of(width, height, samples);
    console.say(
        "Rendering the quick-start scene, " + width + "x" + height + ", " + plan.description());
    return new RenderRun(console, plan, file, checkpointing, reports, timings.wanted(), metrics)
        .run(scene);
  }
}
