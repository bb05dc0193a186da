// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  @TempDir private Path directory;
  private final List<String> warnings = new ArrayList<>();

  @Test
  void theKeyIsTheFirstLine() throws IOException {
    assertEquals(
        "a secret", KeyFile.read(file("  a secret \r\nnot this\n", "rw-------"), this::warn));
    assertTrue(warnings.isEmpty(), warnings.toString());
  }

  @Test
  void aKeyThatEverybodyReadsIsWarnedOf() throws IOException {
    assertEquals("k", KeyFile.read(file("k", "rw-r--r--"), this::warn));
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).contains("chmod 600"), warnings.get(0));
  }

  @Test
  void anEmptyKeyIsRefused() throws IOException {
    Path blank = file(" \nkey\n", "rw-------");
    CliException refused = assertThrows(CliException.class, () -> KeyFile.read(blank, this::warn));
    assertEquals(ExitCodes.USAGE, refused.exitCode());
    assertTrue(refused.getMessage().contains("first line"), refused.getMessage());
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    Path binary = directory.resolve("binary");
    Files.write(binary, new byte[] {(byte) 0xC3, 0x28, 10});
    assertThrows(CliException.class, () -> KeyFile.read(binary, this::warn));
  }

  private void warn(String warning) {
    warnings.add(warning);
  }

  private Path file(String content, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("key"), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }
}
