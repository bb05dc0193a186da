// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This machine, as its processes see it. */
public final class Machine {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private Machine() {}

  /** The same in all processes of one running system, and in no other. */
  public static String id() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      return name();
    }
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
}
