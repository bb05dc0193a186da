// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.RdmaProvider;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds out whether RDMA can be used here: by a JVM with the right flags, with libdisni, on a
 * machine with a device. Touches DiSNI last, because what fails when its classes are initialized
 * fails as an error and for good.
 */
final class Availability {
  private static final Path DEVICES = Path.of("/sys/class/infiniband");
  private static final Path CONNECTION_MANAGER = Path.of("/dev/infiniband/rdma_cm");

  /** Of the library, from when it was first tried to load; there is no second try. */
  private static Optional<String> library;

  private Availability() {}

  /** What stands in the way, as a sentence's end that says what to do; empty if nothing does. */
  static Optional<String> obstacle() {
    return obstacle(DEVICES, CONNECTION_MANAGER);
  }

  /** As {@link #obstacle()}, with places of the system that a test names. */
  static Optional<String> obstacle(Path devices, Path connectionManager) {
    Module javaBase = Object.class.getModule();
    if (!javaBase.isExported("sun.nio.ch", Availability.class.getModule())) {
      return Optional.of(
          "RDMA needs the JVM flags --add-exports java.base/sun.nio.ch=ALL-UNNAMED --add-opens"
              + " java.base/java.nio=ALL-UNNAMED");
    }
    if (isEmpty(devices)) {
      return Optional.of(
          "this machine has no RDMA device (nothing in "
              + devices
              + "): load its driver, or add Soft-RoCE with rdma link add rxe0 type rxe netdev eth0");
    }
    if (!Files.exists(connectionManager)) {
      return Optional.of(
          "there is no RDMA connection manager (" + connectionManager + "): modprobe rdma_ucm");
    }
    return library();
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
    String name = System.mapLibraryName("disni");
    String path = System.getProperty("java.library.path", "");
    boolean found = false;
    for (String directory : path.split(File.pathSeparator, -1)) {
      found |= Files.exists(Path.of(directory, name));
    }
    if (!found) {
      return Optional.of(
          name
              + " is not in java.library.path ("
              + path
              + "): build it with native/build.sh and start the JVM with"
              + " -Djava.library.path=DIRECTORY");
    }
    try {
      RdmaProvider.provider();
      return Optional.empty();
    } catch (IOException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Optional.of(
          name
              + " can't be loaded ("
              + cause.getMessage()
              + "): install librdmacm1, libibverbs1 and ibverbs-providers, and build it again with"
              + " native/build.sh if it is of another version");
    }
  }
}
