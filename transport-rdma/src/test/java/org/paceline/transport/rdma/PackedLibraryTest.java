// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar's library as a file that a JVM can be started with. */
class PackedLibraryTest {
  @TempDir private Path cache;

  private static Path file(Path directory) {
    return directory.resolve("libdisni.so");
  }

  @Test
  void isUnpackedOnceAndMendedIfItWasTorn() throws IOException {
    byte[] library = {1, 2, 3};
    Path directory = PackedLibrary.unpack(library, cache.resolve("new"));
    assertArrayEquals(library, Files.readAllBytes(file(directory)));
    Files.writeString(file(directory), "torn");
    assertEquals(directory, PackedLibrary.unpack(library, cache.resolve("new")));
    assertArrayEquals(library, Files.readAllBytes(file(directory)));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file(directory)), files.toList());
    }
  }

  @Test
  void versionsLieSideBySide() throws IOException {
    Path first = PackedLibrary.unpack(new byte[] {1}, cache);
    assertNotEquals(first, PackedLibrary.unpack(new byte[] {2}, cache));
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(file(first)));
  }

  @Test
  void cacheIsWhereTheNativeBuildHasIts() {
    assertEquals(
        Path.of("/a"), PackedLibrary.cache(Map.of("PACELINE_CACHE", "/a", "XDG_CACHE_HOME", "/b")));
    assertEquals(Path.of("/b/paceline"), PackedLibrary.cache(Map.of("XDG_CACHE_HOME", "/b")));
    assertEquals(
        Path.of(System.getProperty("user.home"), ".cache", "paceline"),
        PackedLibrary.cache(Map.of()));
  }
}
