// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.paceline.api.Checkpointing;
import picocli.CommandLine.Option;

/** The options that keep what is rendered from a crash of this machine. */
final class CheckpointOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "Save the film to FILE from time to time, and at the end, so that a crash loses nothing."
              + " It takes up to three times the film's size on the disk (the one before stays as"
              + " FILE.previous) and once in memory. It is kept when the image is written: remove"
              + " it when you don't need it any more.")
  private Path file;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How often, for example 500ms, 10s or 5m (default: ${DEFAULT-VALUE}).")
  private String interval;

  @Option(
      names = "--resume",
      description =
          "Go on from the checkpoint if there is one: the image will be the same as without the"
              + " interruption. The scene's files, size, samples and passes must be, too.")
  private boolean resume;

  /**
   * Checks the options before a render that may take hours.
   *
   * @param scene asked for the scene's identity if it is needed; see {@link Checkpointing#scene}
   */
  Optional<Checkpointing> checked(Supplier<String> scene) {
    if (file == null) {
      if (resume) {
        throw CliException.usage("--resume: name the file to go on from with --checkpoint");
      }
      return Optional.empty();
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw CliException.usage("--checkpoint " + file + ": there is no directory " + directory);
    }
    if (!Files.isWritable(directory)) {
      throw CliException.usage(
          "--checkpoint " + file + ": no permission to write to the directory " + directory);
    }
    if (Files.isDirectory(file)) {
      throw CliException.usage("--checkpoint " + file + " is a directory; name a file");
    }
    if (Files.exists(file) && !resume) {
      throw CliException.usage(
          "--checkpoint "
              + file
              + " is there already: add --resume to go on from it, or remove it");
    }
    return Optional.of(new Checkpointing(file, positiveInterval(), resume, scene.get()));
  }

  private Duration positiveInterval() {
    try {
      Duration duration =
          ConfigFactory.parseMap(Map.of("interval", interval)).getDuration("interval");
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (ConfigException e) {
      // said below
    }
    throw CliException.usage(
        "--checkpoint-interval: '" + interval + "' is no time, as in 500ms, 10s or 5m");
  }
}
