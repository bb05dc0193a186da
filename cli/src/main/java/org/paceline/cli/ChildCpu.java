// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU time of processes that this one has started and that have ended. Java keeps no such count;
 * Linux does.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
final class ChildCpu {
  /** The unit of times in /proc, whatever the kernel's own clock is. */
  private static final double TICKS_PER_SECOND = 100;

  /** Fields 16 and 17, counted from the third, which is the first after the program's name. */
  private static final int CUTIME = 13;

  private static final int CSTIME = 14;

  private ChildCpu() {}

  static double seconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    // The name is in parentheses and may hold anything, spaces and parentheses too.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[CUTIME]) + Long.parseLong(fields[CSTIME])) / TICKS_PER_SECOND;
  }
}
