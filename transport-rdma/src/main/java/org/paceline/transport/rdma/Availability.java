// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.RdmaProvider;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds out whether RDMA can be used here: by a JVM with the right flags, with libdisni, on a
 * machine with a device. Touches DiSNI last, because what fails when its classes are initialized
 * fails as an error and for good.
 */
final class Availability {
  private static final Path DEVICES = Path.of("/sys/class/infiniband");
  private static final Path CONNECTION_MANAGER = Path.of("/dev/infiniband/rdma_cm");

  private static final String NAME = System.mapLibraryName("disni");

  /** Of the library, from when it was first tried to load; there is no second try. */
  private static Optional<String> library;

  private Availability() {}

  /** What stands in the way, as a sentence's end that says what to do; empty if nothing does. */
  static Optional<String> obstacle() {
    return obstacle(DEVICES, CONNECTION_MANAGER);
  }

  /** As {@link #obstacle()}, with places of the system that a test names. */
  static Optional<String> obstacle(Path devices, Path connectionManager) {
    if (isEmpty(devices)) {
      return Optional.of(
          "this machine has no RDMA device (nothing in "
              + devices
              + "); if it should have one, load its driver");
    }
    if (!Files.exists(connectionManager)) {
      return Optional.of(
          "there is no RDMA connection manager (" + connectionManager + "): modprobe rdma_ucm");
    }
    return startedWrong().or(Availability::library);
  }

  /** What the JVM should have been started with, all at once. */
  private static Optional<String> startedWrong() {
    List<String> flags = new ArrayList<>();
    if (!Object.class.getModule().isExported("sun.nio.ch", Availability.class.getModule())) {
      flags.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    }
    String path = System.getProperty("java.library.path", "");
    if (!holdsLibrary(path)) {
      try {
        Optional<Path> packed = PackedLibrary.directory();
        if (packed.isEmpty()) {
          return Optional.of(
              NAME
                  + " is neither in java.library.path ("
                  + path
                  + ") nor in Paceline's jar for this platform: build it with native/build.sh");
        }
        flags.add("-Djava.library.path=" + packed.get());
      } catch (IOException e) {
        return Optional.of(
            NAME
                + " can't be unpacked ("
                + e
                + "): put it into a directory and start the JVM with"
                + " -Djava.library.path=DIRECTORY");
      }
    }
    return flags.isEmpty()
        ? Optional.empty()
        : Optional.of("start the JVM with " + String.join(" ", flags));
  }

  private static boolean holdsLibrary(String path) {
    return Stream.of(path.split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.exists(Path.of(directory, NAME)));
  }

  private static boolean isEmpty(Path directory) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    } catch (IOException e) {
      return true;
    }
  }

  private static synchronized Optional<String> library() {
    if (library == null) {
      library = loadLibrary();
    }
    return library;
  }

  private static Optional<String> loadLibrary() {
    try {
      RdmaProvider.provider();
      return Optional.empty();
    } catch (IOException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Optional.of(
          NAME
              + " can't be loaded ("
              + cause.getMessage()
              + "): install librdmacm1, libibverbs1 and ibverbs-providers, and build it again with"
              + " native/build.sh if it is of another version");
    }
  }
}
