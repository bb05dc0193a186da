// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.paceline.api.Checkpointing;
import org.paceline.api.FileWriteException;
import org.paceline.api.Film;

/** Writes a render's image where it is wanted. If that fails, it is kept elsewhere. */
final class ImageOutput {
  private static final String TEMPORARY_VARIABLE = "TMPDIR";

  private final OutputFile output;
  private final Optional<Checkpointing> checkpointing;

  ImageOutput(OutputFile output, Optional<Checkpointing> checkpointing) {
    this.output = output;
    this.checkpointing = checkpointing;
  }

  Path path() {
    return output.path();
  }

  /** Writes the image; fails with a sentence that says where it is instead, or what to do. */
  void write(LoadedScene scene, Film film) {
    try {
      scene.write(film, output.path());
    } catch (FileWriteException e) {
      throw CliException.failed(e.getMessage() + "; " + keep(scene, film), e);
    }
  }

  private String keep(LoadedScene scene, Film film) {
    Path temporary =
        Path.of(
            System.getenv().getOrDefault(TEMPORARY_VARIABLE, System.getProperty("java.io.tmpdir")));
    try {
      // A directory of its own: in a shared one, somebody else could have taken the name.
      Path directory = Files.createTempDirectory(temporary, "paceline-");
      Path kept = directory.resolve(output.path().getFileName());
      try {
        scene.write(film, kept);
        return "the image was kept as " + kept + ": move it from there";
      } catch (FileWriteException e) {
        Files.delete(directory);
      }
    } catch (IOException e) {
      // as if the image couldn't be written there
    }
    return "it couldn't be kept in "
        + temporary
        + " either; "
        + checkpointing
            .map(
                settings ->
                    "make room and run the same command with --resume: it goes on from "
                        + settings.file())
            .orElse("make room and render again; with --checkpoint nothing is rendered twice");
  }
}
