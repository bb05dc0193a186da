// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** When the steps of one render were reached, and the CPU time this process spent on them. */
final class RenderTimings {
  private static final String PREFIX = "timings: ";

  private final long startedNs = System.nanoTime();
  private final AtomicLong firstPassNs = new AtomicLong();
  private long sceneBuiltNs;
  private double sceneCpuSeconds;
  private long renderedNs;
  private double renderedCpuSeconds;

  void sceneBuilt() {
    sceneBuiltNs = System.nanoTime();
    sceneCpuSeconds = cpuSeconds();
  }

  /** Called for every pass, from the session's thread. */
  void passMerged() {
    if (firstPassNs.get() == 0) {
      firstPassNs.set(System.nanoTime());
    }
  }

  void rendered() {
    renderedNs = System.nanoTime();
    renderedCpuSeconds = cpuSeconds();
  }

  /** For people; {@link #parse} reads it back. */
  String summary() {
    long endNs = System.nanoTime();
    long firstNs = firstPassNs.get() == 0 ? renderedNs : firstPassNs.get();
    return String.format(
        Locale.ROOT,
        PREFIX + "scene=%.3f first-pass=%.3f render=%.3f image=%.3f render-cpu=%.2f",
        (sceneBuiltNs - startedNs) * 1e-9,
        (firstNs - sceneBuiltNs) * 1e-9,
        (renderedNs - sceneBuiltNs) * 1e-9,
        (endNs - renderedNs) * 1e-9,
        renderedCpuSeconds - sceneCpuSeconds);
  }

  /** The values by name in what a host process said. */
  static Map<String, Double> parse(String output) {
    String line =
        output
            .lines()
            .filter(candidate -> candidate.startsWith(PREFIX))
            .findFirst()
            .orElseThrow(() -> CliException.failed("no timings in: " + output));
    return Arrays.stream(line.substring(PREFIX.length()).split(" "))
        .map(entry -> entry.split("="))
        .collect(Collectors.toMap(entry -> entry[0], entry -> Double.parseDouble(entry[1])));
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis()
        * 1e-3;
  }
}
