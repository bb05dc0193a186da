// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** What workers that come and go could have rendered together, had each never waited. */
final class Capacity {
  private record Presence(double samplesPerSecond, double from, double to) {
    double samplesUntil(double time) {
      return samplesPerSecond * Math.max(0, Math.min(time, to) - from);
    }
  }

  private final List<Presence> presences = new ArrayList<>();

  /**
   * Counts a worker in for a while.
   *
   * @param from seconds since the render began
   * @param to likewise; infinite for one that stays
   */
  void add(double samplesPerSecond, double from, double to) {
    presences.add(new Presence(samplesPerSecond, from, to));
  }

  /**
   * The least seconds in which so many pixel samples could have been rendered: the T at which the
   * sum over all presences of speed x (part of it before T) reaches them. Infinite if it never
   * does.
   */
  double secondsFor(long samples) {
    double[] changes =
        presences.stream()
            .flatMapToDouble(presence -> DoubleStream.of(presence.from, presence.to))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    double since = 0;
    for (double change : changes) {
      if (samplesUntil(change) >= samples) {
        break;
      }
      since = change;
    }
    double at = since;
    double speed =
        presences.stream()
            .filter(presence -> presence.from <= at && presence.to > at)
            .mapToDouble(Presence::samplesPerSecond)
            .sum();
    double missing = samples - samplesUntil(since);
    return missing <= 0 ? since : since + missing / speed;
  }

  private double samplesUntil(double time) {
    return presences.stream().mapToDouble(presence -> presence.samplesUntil(time)).sum();
  }
}
