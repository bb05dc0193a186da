// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** This machine, as its processes see it. */
public final class Machine {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final Path SELF = Path.of("/proc/self");
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private Machine() {}

  /**
   * The same in processes that can share memory, and in no others: of one running system, which see
   * the same {@code /dev/shm} and have the same user. A container has another, as a rule.
   */
  public static String id() {
    try {
      return Files.readString(BOOT_ID).strip() + sharedMemory();
    } catch (IOException | UnsupportedOperationException e) {
      return name();
    }
  }

  /** Each mount of a file system in memory has a device number of its own. */
  private static String sharedMemory() throws IOException {
    if (!Files.isDirectory(SHARED_MEMORY)) {
      return "";
    }
    return "/"
        + Files.getAttribute(SHARED_MEMORY, "unix:dev")
        + ":"
        + Files.getAttribute(SHARED_MEMORY, "unix:ino")
        + "/"
        + Files.getAttribute(SELF, "unix:uid");
  }

  /** What this process calls itself; several on one machine differ. */
  public static String processName() {
    return name() + ":" + ProcessHandle.current().pid();
  }

  /** Host name. */
  public static String name() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /**
   * Part of the memory that programs can't have any more; in a container that has a limit, of that
   * limit. Linux counts memory that only caches files as free, which elsewhere is unknown.
   */
  public static double memoryUsed() {
    double total = SYSTEM.getTotalMemorySize();
    double used = 1 - SYSTEM.getFreeMemorySize() / total;
    try {
      List<String> lines = Files.readAllLines(MEMINFO);
      double machine = bytes(lines, "MemTotal:");
      double available = bytes(lines, "MemAvailable:");
      return total < machine ? Math.max(used, 1 - available / machine) : 1 - available / machine;
    } catch (IOException | NumberFormatException e) {
      return used; // not a Linux
    }
  }

  private static double bytes(List<String> lines, String key) {
    for (String line : lines) {
      if (line.startsWith(key)) {
        return 1024.0 * Long.parseLong(line.substring(key.length()).replace("kB", "").strip());
      }
    }
    throw new NumberFormatException(MEMINFO + " has no " + key);
  }
}
