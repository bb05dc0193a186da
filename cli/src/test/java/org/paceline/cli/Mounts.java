// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Commands that see file systems of their own, which go when their processes do. */
final class Mounts {
  private Mounts() {}

  /** Skips the test, with the reason, where there can be none. */
  static void require() throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt")
            .redirectErrorStream(true)
            .start()
            .waitFor();
    assumeTrue(code == 0, "mount namespaces can't be had, which needs root and util-linux");
  }

  /** {@code command} after {@code script} has mounted what it wants. */
  static List<String> inside(String script, List<String> command) {
    List<String> inside =
        new ArrayList<>(List.of("unshare", "-m", "sh", "-ec", script + "; exec \"$@\"", "sh"));
    inside.addAll(command);
    return inside;
  }

  /** {@code command} with so many MiB of {@code /dev/shm}, all its own. */
  static List<String> withSharedMemory(int mebibytes, List<String> command) {
    return inside("mount -t tmpfs -o size=" + mebibytes + "m none /dev/shm", command);
  }
}
