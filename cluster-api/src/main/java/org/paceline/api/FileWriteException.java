// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that can't be written. */
public final class FileWriteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private FileWriteException(String message, Throwable cause) {
    super(message, cause);
  }

  /** With a sentence that says which file, why, and what became of what was there. */
  public static FileWriteException of(Path file, IOException problem) {
    return new FileWriteException(sentence(file, problem), problem);
  }

  private static String sentence(Path file, IOException problem) {
    Path directory = file.toAbsolutePath().getParent();
    String sentence = file + " can't be written: " + reason(directory, problem);
    return Files.isRegularFile(file)
        ? sentence + "; the former " + file.getFileName() + " is unchanged"
        : sentence;
  }

  private static String reason(Path directory, IOException problem) {
    if (!Files.isDirectory(directory)) {
      return "there is no directory " + directory;
    }
    if (problem instanceof AccessDeniedException) {
      return "no permission to write to " + directory;
    }
    String reason =
        problem instanceof FileSystemException failed && failed.getReason() != null
            ? failed.getReason()
            : ownWords(problem);
    return Character.toLowerCase(reason.charAt(0)) + reason.substring(1);
  }

  /** The system's reason, without the name of a file that the user doesn't know. */
  private static String ownWords(IOException problem) {
    String message = String.valueOf(problem.getMessage());
    int bracket = message.lastIndexOf(" (");
    return problem instanceof FileNotFoundException && bracket >= 0
        ? message.substring(bracket + 2, message.length() - 1)
        : message;
  }
}
