// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program starts itself again in another process. */
final class ChildJvm {
  /** What Agrona's buffers need of every JVM. */
  static final String OPENS_FLAG = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

  /** What DiSNI needs of a JVM that uses RDMA. */
  private static final String EXPORTS_FLAG = "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED";

  /** Where a JVM looks for libdisni; set by the launcher and the build. */
  private static final String LIBRARY_PATH_PROPERTY = "java.library.path";

  /** Where the native bridge is; set by the launcher and the build. */
  static final String NATIVE_DIR_PROPERTY = "paceline.native.dir";

  /** The same, and where JNA's own library is, or may be unpacked. */
  private static final List<String> DIRECTORY_PROPERTIES =
      List.of(NATIVE_DIR_PROPERTY, "jna.boot.library.path", "jna.tmpdir");

  private static final int FIRST_TO_WARN = 24;

  private ChildJvm() {}

  /**
   * The command line of a JVM like this one, with its -XX options, that runs {@link Main} with
   * {@code arguments}.
   */
  static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(OPENS_FLAG);
    command.add(EXPORTS_FLAG);
    command.add("-D" + LIBRARY_PATH_PROPERTY + "=" + System.getProperty(LIBRARY_PATH_PROPERTY));
    if (Runtime.version().feature() >= FIRST_TO_WARN) {
      // Without these two, JDK 24 warns of JNI and of the hashing library's use of Unsafe.
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (option.startsWith("-XX:") || option.startsWith("-Xlog:")) {
        command.add(option);
      }
    }
    command.add("-Djava.awt.headless=true");
    for (String property : DIRECTORY_PROPERTIES) {
      String directory = System.getProperty(property, "");
      if (!directory.isEmpty()) {
        command.add("-D" + property + "=" + directory);
      }
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(arguments);
    return command;
  }
}
