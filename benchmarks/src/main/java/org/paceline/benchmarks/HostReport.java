// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.paceline.testnet.Node;

/** What an {@link ElasticHost} has printed. */
final class HostReport {
  private final Map<String, Double> cameAt = new HashMap<>();
  private final Map<String, Double> speeds = new HashMap<>();
  private double seconds;
  private String digest = "";

  private HostReport() {}

  static HostReport of(List<String> lines) {
    HostReport report = new HostReport();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case ElasticHost.HAS_SCENE -> report.cameAt.put(words[1], Double.valueOf(words[2]));
        case ElasticHost.SPEED -> report.speeds.put(words[1], Double.valueOf(words[2]));
        case ElasticHost.RENDERED -> {
          report.seconds = Double.parseDouble(words[1]);
          report.digest = words[2];
        }
        default -> {
          // What the library logs.
        }
      }
    }
    return report;
  }

  /** What the render took. */
  double seconds() {
    return seconds;
  }

  /** Of the film. */
  String digest() {
    return digest;
  }

  /** Seconds since the render's start when a worker had the scene, at last. */
  double cameAt(Node worker) {
    return of(cameAt, worker, "did not have the scene before the render's end");
  }

  /** Pixel samples per second of its passes. */
  double speed(Node worker) {
    return of(speeds, worker, "has rendered nothing");
  }

  /** That of the slowest worker. */
  double leastSpeed() {
    return Collections.min(speeds.values());
  }

  private static double of(Map<String, Double> values, Node worker, String otherwise) {
    Double value = values.get(worker.address());
    if (value == null) {
      throw new IllegalStateException("the worker at " + worker.address() + " " + otherwise);
    }
    return value;
  }
}
