// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.function.Consumer;

/** The file that holds the cluster's shared secret: its first line. */
final class KeyFile {
  private KeyFile() {}

  /** Reads the key; {@code warn} is told if other users of this machine can read it too. */
  static String read(Path file, Consumer<String> warn) {
    if (!Files.isRegularFile(file)) {
      throw CliException.usage(file + ": no such key file");
    }
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line = reader.readLine();
      if (line == null || line.isBlank()) {
        throw CliException.usage(file + ": the key file's first line must hold the key");
      }
      PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      if (posix != null
          && posix.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
        warn.accept(file + " can be read by every user of this machine: chmod 600 " + file);
      }
      return line.trim();
    } catch (MalformedInputException e) {
      throw CliException.usage(file + ": the key must be UTF-8 text", e);
    } catch (IOException e) {
      throw CliException.usage(file + ": the key file can't be read: " + e.getMessage(), e);
    }
  }
}
