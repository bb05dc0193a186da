// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes files as a whole or not at all. A new file is written under another name in the same
 * directory, brought to the disk, and only then given its name. Whoever reads sees the former file
 * or the new one, never a part. Thread-safe.
 */
public final class WholeFile {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final AtomicLong NUMBERS = new AtomicLong();

  /** Writes what the file is to hold. */
  @FunctionalInterface
  public interface Content {
    /** Called once, on the thread that replaces the file. The stream is closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /**
   * Creates or replaces a file. A symbolic link stays, and what it points to is replaced.
   *
   * @throws FileWriteException if the disk is full, the directory is gone or read-only, or whatever
   *     else fails; the former file is as it was then, and nothing else is left
   */
  public static void replace(Path file, Content content) {
    Path partial = null;
    try {
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      if (Files.isDirectory(target)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
      // Not the file's own name and more: that may be as long as names can be.
      partial =
          target.resolveSibling(
              ".paceline-"
                  + ProcessHandle.current().pid()
                  + "-"
                  + NUMBERS.incrementAndGet()
                  + ".partial");
      write(partial, content);
      move(partial, target);
    } catch (IOException e) {
      throw FileWriteException.of(file, e);
    } finally {
      deleteIfThere(partial);
    }
  }

  private static void write(Path partial, Content content) throws IOException {
    try (FileOutputStream file = new FileOutputStream(partial.toFile())) {
      OutputStream out = new BufferedOutputStream(file, BUFFER_BYTES);
      content.writeTo(out);
      out.flush();
      // Network file systems tell only here that there is no room.
      file.getFD().sync();
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteIfThere(Path partial) {
    if (partial != null) {
      try {
        Files.deleteIfExists(partial);
      } catch (IOException e) {
        // The directory went away with it.
      }
    }
  }
}
