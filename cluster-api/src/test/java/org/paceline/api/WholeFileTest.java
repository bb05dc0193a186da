// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are replaced as a whole or stay as they are. */
class WholeFileTest {
  @TempDir private Path directory;

  private static WholeFile.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static WholeFile.Content tornAfter(String text) {
    return out -> {
      text(text).writeTo(out);
      out.flush();
      throw new IOException("No space left on device");
    };
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(Path::getFileName).map(Path::toString).sorted().toList();
    }
  }

  private static String failing(Path file, WholeFile.Content content) {
    return assertThrows(FileWriteException.class, () -> WholeFile.replace(file, content))
        .getMessage();
  }

  @Test
  void aFileIsMadeAndReplaced() throws IOException {
    Path file = directory.resolve("a");
    WholeFile.replace(file, text("one"));
    WholeFile.replace(file, text("two"));
    assertEquals("two", Files.readString(file));
    assertEquals(List.of("a"), names());
  }

  @Test
  void whatIsTornDoesNotReplaceWhatIsWhole() throws IOException {
    Path file = Files.writeString(directory.resolve("a"), "one");
    String message = failing(file, tornAfter("tw"));
    assertEquals(
        file + " can't be written: no space left on device; the former a is unchanged", message);
    assertEquals("one", Files.readString(file));
    assertEquals(List.of("a"), names());
  }

  @Test
  void whatIsTornIsNotLeft() throws IOException {
    Path file = directory.resolve("a");
    assertEquals(
        file + " can't be written: no space left on device", failing(file, tornAfter("tw")));
    assertEquals(List.of(), names());
  }

  @Test
  void theReasonNamesNoFileThatTheUserDoesNotKnow() {
    Path gone = directory.resolve("gone");
    assertEquals(
        gone.resolve("a") + " can't be written: there is no directory " + gone,
        failing(gone.resolve("a"), text("one")));
    assertEquals(
        directory + " can't be written: it is a directory", failing(directory, text("one")));
    Path tooLong = directory.resolve("a".repeat(256));
    String message = failing(tooLong, text("one"));
    assertEquals(tooLong + " can't be written: file name too long", message);
  }

  @Test
  void aNameMayBeAsLongAsNamesCanBe() throws IOException {
    Path file = directory.resolve("a".repeat(251) + ".png");
    WholeFile.replace(file, text("one"));
    assertEquals("one", Files.readString(file));
  }

  @Test
  void aLinkStaysAndItsTargetIsReplaced() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path file = Files.writeString(elsewhere.resolve("a"), "one");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    WholeFile.replace(link, text("two"));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("two", Files.readString(file));
  }
}
