// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A file that a command will write; checked before a render that may take hours. */
final class OutputFile {
  private final Path path;

  private OutputFile(Path path) {
    this.path = path;
  }

  /**
   * Checks that the file can be written, as far as that can be known.
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
}
