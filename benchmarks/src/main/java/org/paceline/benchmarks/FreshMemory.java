// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.paceline.api.NativeMemory;

/**
 * Memory that nobody has. A virtual machine may have given it back to the machine that it runs on,
 * and then whoever touches it first waits for that, up to two seconds a gigabyte.
 */
final class FreshMemory {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private FreshMemory() {}

  /**
   * Has so much of it there for whoever needs it in the next seconds, so that not the machine below
   * is measured; as far as there is so much.
   */
  static void touch(long bytes) {
    NativeMemory.allocateZeroed(Math.min(bytes, SYSTEM.getFreeMemorySize())).close();
  }
}
