// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.io.PrintStream;
import java.util.Locale;

/** A fingerprint of all that happens in a run, and its milestones for people who replay it. */
final class Journal {
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final VirtualTime time;
  private final PrintStream out;
  private long hash = 1;

  /** A journal that prints milestones to {@code out}, which may be null. */
  Journal(VirtualTime time, PrintStream out) {
    this.time = time;
    this.out = out;
  }

  /** Something happened, in numbers. */
  void note(long what, long detail) {
    mix(time.nowNs());
    mix(what);
    mix(detail);
  }

  /** Something worth reading happened. */
  void tell(String format, Object... arguments) {
    note(format.hashCode(), arguments.length);
    if (out != null) {
      String line = String.format(Locale.ROOT, format, arguments);
      out.printf(Locale.ROOT, "%12.6f s  %s%n", time.nowNs() / 1e9, line);
    }
  }

  long hash() {
    return hash;
  }

  private void mix(long value) {
    hash = (hash ^ value) * MULTIPLIER;
    hash ^= hash >>> 29;
  }
}
