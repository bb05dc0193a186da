// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.paceline.api.Checkpointing;
import org.paceline.cycles.CyclesSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Renders a Cycles scene. */
@Command(
    name = "render",
    sortOptions = false,
    description = {
      "Render a Cycles XML scene on this machine, on workers started here, or on running workers.",
      "Every pixel gets the full number of samples, and the image is the same whoever rendered it."
          + " Ctrl-C stops and writes what is done."
    },
    footer = {
      "%nExamples:",
      "  ./paceline render scene.xml -o out.exr               on this machine's cores",
      "  ./paceline render scene.xml -o out.png --workers 3   as three processes here",
      "  ./paceline render scene.xml -o out.exr --samples 512 --key-file key \\",
      "      --worker render1 --worker render2:5000 --local   on two others and here",
      "  ./paceline render scene.xml -o out.exr --config farm.conf --passes depth,normal",
      "  ./paceline render scene.xml -o out.exr --checkpoint out.ckpt --resume",
      "      goes on where the same command was cut off, or begins"
    })
final class RenderCommand implements Callable<Integer> {
  /** What Blender calls a scene's first view layer. */
  private static final String VIEW_LAYER = "ViewLayer";

  private final Console console;

  @Parameters(paramLabel = "SCENE", description = "Cycles XML file.")
  private Path scene;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Image to write: .exr (32-bit float, all passes) or .png.")
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
      description = "Image width (default: the scene's).")
  private Integer width;

  @Option(
      names = "--height",
      paramLabel = "PIXELS",
      description = "Image height (default: the scene's).")
  private Integer height;

  @Option(
      names = "--passes",
      paramLabel = "NAME",
      split = ",",
      description =
          "Render passes to write besides combined, by Cycles' names, for example"
              + " depth,normal,diffuse_direct,cryptomatte_object. Only for .exr.")
  private List<String> passes = new ArrayList<>();

  @Option(
      names = "--layer-names",
      description =
          "Name an .exr's channels as in Blender's multi-layer files, for example"
              + " ViewLayer.Combined.R and ViewLayer.Depth.Z instead of R and Z.")
  private boolean layerNames;

  @Option(
      names = "--strict",
      description =
          "End with an error where the scene's files say what Cycles ignores, instead of warning"
              + " of it.")
  private boolean strict;

  @Mixin private ClusterOptions cluster;

  @Mixin private CheckpointOptions checkpoint;

  @Mixin private TimingsOption timings;

  @Mixin private ReportOption report;

  @Mixin private MetricsOption metrics;

  @Option(names = "--adaptive", hidden = true)
  private boolean adaptive;

  RenderCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (adaptive) {
      throw CliException.usage(
          "--adaptive: there is no adaptive sampling yet; the full sample count is rendered"
              + " everywhere");
    }
    OutputFile file = OutputFile.checked(output, List.of(".exr", ".png"));
    if (!passes.isEmpty() && !isExr()) {
      throw CliException.usage("--passes: only an .exr holds more than one pass");
    }
    if (layerNames && !isExr()) {
      throw CliException.usage("--layer-names: only an .exr has channel names");
    }
    if (!Files.isRegularFile(scene)) {
      throw CliException.usage(scene + ": no such scene file");
    }
    CyclesSettings settings = settings();
    Optional<Checkpointing> checkpointing = checkpoint.checked(() -> SceneFiles.identity(scene));
    List<OutputFile> reports = report.checked();
    ClusterPlan plan = cluster.plan(console, 1);
    Devices.requireAvailable(CyclesFile.DEVICE);
    console.say("Rendering " + scene + " " + plan.description());
    return new RenderRun(console, plan, file, checkpointing, reports, timings.wanted(), metrics)
        .run(new CyclesFile(scene, settings, layerNames ? VIEW_LAYER : "", console));
  }

  private CyclesSettings settings() {
    if ((width == null) != (height == null)) {
      throw CliException.usage("--width and --height: give both or neither");
    }
    CyclesSettings settings = CyclesSettings.withSamples(positive("--samples", samples));
    if (width != null) {
      settings = settings.withSize(positive("--width", width), positive("--height", height));
    }
    return (strict ? settings.asStrict() : settings).withPasses(passes);
  }

  private static int positive(String option, int value) {
    if (value < 1) {
      throw CliException.usage(option + "=" + value + ": must be at least 1");
    }
    return value;
  }

  private boolean isExr() {
    return output.toString().toLowerCase(Locale.ROOT).endsWith(".exr");
  }
}
