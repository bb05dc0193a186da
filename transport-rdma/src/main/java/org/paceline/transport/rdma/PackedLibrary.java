// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** libdisni as this jar holds it for some platforms. The system can only load it from a file. */
final class PackedLibrary {
  private static final int KEY_BYTES = 8;

  private PackedLibrary() {}

  /** The library's name in this jar, beside this class. */
  static String resource() {
    return System.getProperty("os.name")
        + "-"
        + System.getProperty("os.arch")
        + "/"
        + System.mapLibraryName("disni");
  }

  /**
   * A directory of the user's cache with the library in it; empty if the jar has none for this
   * platform.
   */
  static Optional<Path> directory() throws IOException {
    try (InputStream packed = PackedLibrary.class.getResourceAsStream(resource())) {
      if (packed == null) {
        return Optional.empty();
      }
      return Optional.of(unpack(packed.readAllBytes(), cache(System.getenv())));
    }
  }

  /** Where native/build.sh keeps what it builds, too. */
  static Path cache(Map<String, String> environment) {
    if (environment.containsKey("PACELINE_CACHE")) {
      return Path.of(environment.get("PACELINE_CACHE"));
    }
    String caches = environment.get("XDG_CACHE_HOME");
    if (caches != null) {
      return Path.of(caches, "paceline");
    }
    // A user that the system doesn't know, as in a container, has none: "?".
    Path home = Path.of(System.getProperty("user.home"));
    return home.isAbsolute()
        ? home.resolve(".cache").resolve("paceline")
        : Path.of(System.getProperty("java.io.tmpdir"), "paceline");
  }

  /** Writes a library under {@code cache} unless it is there; its directory. */
  static Path unpack(byte[] library, Path cache) throws IOException {
    Path directory = cache.resolve("disni-" + key(library));
    Path file = directory.resolve(System.mapLibraryName("disni"));
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), library)) {
      return directory;
    }
    Files.createDirectories(directory);
    Path written = Files.createTempFile(directory, "disni", ".new");
    Files.write(written, library);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    return directory;
  }

  private static String key(byte[] library) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(library);
      return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
