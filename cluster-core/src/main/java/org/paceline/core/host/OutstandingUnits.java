// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.paceline.api.WorkUnit;

/**
 * A job's units that are with workers, the one given first in front. When nothing else is left to
 * give, or a unit is long overdue, a worker with nothing to do gets a copy of one, and the pass
 * that comes first counts (backup tasks; Dean and Ghemawat, MapReduce, 2004).
 */
final class OutstandingUnits {
  /** Old units looked at for a copy: a step costs the same with ten thousand workers. */
  private static final int CANDIDATES = 8;

  /** A copy must promise to come in this part of the time that the others still take. */
  private static final double WORTHWHILE = 0.7;

  private static final class Holding {
    private final long givenNs;
    private final List<WorkerLink> holders = new ArrayList<>(2);

    Holding(long givenNs) {
      this.givenNs = givenNs;
    }

    double remainingNs(WorkUnit unit, long nowNs) {
      double least = Double.MAX_VALUE;
      for (int i = 0; i < holders.size(); i++) {
        least = Math.min(least, holders.get(i).remainingNs(unit, nowNs));
      }
      return least;
    }
  }

  private final Map<WorkUnit, Holding> units = new LinkedHashMap<>();

  /** A worker was given a unit, or a copy of one. */
  void given(WorkUnit unit, WorkerLink link, long nowNs) {
    units.computeIfAbsent(unit, none -> new Holding(nowNs)).holders.add(link);
  }

  /** Whether a unit's pass hasn't come yet. */
  boolean awaits(WorkUnit unit) {
    return units.containsKey(unit);
  }

  /** A unit's pass is merged. */
  void merged(WorkUnit unit) {
    units.remove(unit);
  }

  /** A worker won't bring a unit; whether nobody else will. */
  boolean lost(WorkUnit unit, WorkerLink link) {
    Holding holding = units.get(unit);
    if (holding == null || !holding.holders.remove(link) || !holding.holders.isEmpty()) {
      return false;
    }
    units.remove(unit);
    return true;
  }

  /** Whether the unit given first has been out for longer than that. */
  boolean isOverdue(long nowNs, long limitNs) {
    Iterator<Holding> holdings = units.values().iterator();
    return holdings.hasNext() && nowNs - holdings.next().givenNs > limitNs;
  }

  /** An old unit that a worker would bring much sooner than who has it; null if there is none. */
  WorkUnit worthCopying(WorkerLink link, long nowNs) {
    WorkUnit slowest = null;
    double longestNs = 0;
    int looked = 0;
    for (Map.Entry<WorkUnit, Holding> entry : units.entrySet()) {
      if (looked++ == CANDIDATES) {
        break;
      }
      double remainingNs = entry.getValue().remainingNs(entry.getKey(), nowNs);
      if (remainingNs > longestNs && !entry.getValue().holders.contains(link)) {
        longestNs = remainingNs;
        slowest = entry.getKey();
      }
    }
    return slowest != null && link.nanosFor(slowest) < WORTHWHILE * longestNs ? slowest : null;
  }
}
