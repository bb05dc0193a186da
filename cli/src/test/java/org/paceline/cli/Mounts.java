// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that see file systems of their own, which go when their processes do. */
final class Mounts {
  private static final String DISK =
      """
      directory=$1 options=$2 files=$3; shift 3
      mount -t tmpfs -o "$options" none "$directory" || exit 99
      cp -a "$files/." "$directory" || exit 99
      "$@"
      code=$?
      find "$files" -mindepth 1 -delete
      cp -a "$directory/." "$files"
      exit $code
      """;

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

  /**
   * {@code command} with a disk of its own in place of {@code directory}.
   *
   * @param options of the mount of a tmpfs, such as {@code size=1m}
   * @param files a directory elsewhere: what is in it is on the disk when the command starts, and
   *     what is on the disk when the command ends is in it then
   */
  static List<String> withDisk(Path directory, String options, Path files, List<String> command) {
    List<String> all = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", DISK, "sh"));
    all.addAll(List.of(directory.toString(), options, files.toString()));
    all.addAll(command);
    return all;
  }
}
