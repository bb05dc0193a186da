// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.paceline.api.UnitListener;
import org.paceline.api.UnitRecord;
import org.paceline.api.transport.Endpoint;

/** What workers have rendered of one job. Thread-safe. */
final class WorkDone implements UnitListener {
  private final List<UnitRecord> units = new ArrayList<>();

  /** Keeps those of which a pass came. */
  @Override
  public synchronized void onUnit(UnitRecord unit) {
    if (unit.outcome() != UnitRecord.Outcome.LOST && unit.renderNs() > 0) {
      units.add(unit);
    }
  }

  /** By address: pixel samples of a worker's passes per second that it rendered them. */
  synchronized Map<String, Double> speeds() {
    return units.stream()
        .collect(
            Collectors.groupingBy(
                unit -> Endpoint.parse(unit.worker()).host(),
                Collectors.collectingAndThen(Collectors.toList(), WorkDone::renderedPerSecond)));
  }

  private static double renderedPerSecond(List<UnitRecord> ofOne) {
    double samples = ofOne.stream().mapToLong(unit -> unit.unit().pixelSamples()).sum();
    return samples * 1e9 / ofOne.stream().mapToLong(UnitRecord::renderNs).sum();
  }

  /** Pixel samples that came in per second, from the first pass to the last. */
  synchronized double receivedPerSecond() {
    if (units.size() < 2) {
      throw new IllegalStateException(
          "too few passes came to tell a speed: " + units.size() + "; is the machine overloaded?");
    }
    UnitRecord first = units.get(0);
    UnitRecord last = units.get(units.size() - 1);
    double samples = units.stream().skip(1).mapToLong(unit -> unit.unit().pixelSamples()).sum();
    return samples * 1e9 / (last.endedNs() - first.endedNs());
  }
}
