// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/** The image a command writes; checked before a render that may take hours. */
final class OutputFile {
  /** Writes the image to a path it is given. */
  @FunctionalInterface
  interface Writer {
    void write(Path file) throws IOException;
  }

  private final Path path;

  private OutputFile(Path path) {
    this.path = path;
  }

  /**
   * Checks that the image can be written.
   *
   * @param extensions lower-case endings allowed, with their dots
   */
  static OutputFile checked(Path path, List<String> extensions) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (extensions.stream().noneMatch(name::endsWith)) {
      throw CliException.usage(
          "output " + path + ": the name must end in " + String.join(" or ", extensions));
    }
    Path directory = path.toAbsolutePath().getParent();
    if (!Files.isDirectory(directory)) {
      throw CliException.usage("output " + path + ": there is no directory " + directory);
    }
    if (Files.isDirectory(path)) {
      throw CliException.usage("output " + path + " is a directory; name a file");
    }
    if (!Files.isWritable(directory) || (Files.exists(path) && !Files.isWritable(path))) {
      throw CliException.usage("output " + path + " can't be written: no permission");
    }
    return new OutputFile(path);
  }

  Path path() {
    return path;
  }

  /** Writes beside the file and renames, so that nobody ever sees half an image. */
  void write(Writer writer) {
    Path absolute = path.toAbsolutePath();
    // The extension stays last: writers choose the format by it.
    Path partial =
        absolute.resolveSibling(
            "." + ProcessHandle.current().pid() + ".partial." + absolute.getFileName());
    try {
      try {
        writer.write(partial);
        move(partial, absolute);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw CliException.failed("output " + path + " can't be written: " + e.getMessage(), e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
