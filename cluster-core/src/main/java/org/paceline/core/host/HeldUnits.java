// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import org.paceline.api.WorkUnit;

/** The units that one worker holds, in the order in which it renders them, and how fast it is. */
final class HeldUnits {
  /**
   * One unit.
   *
   * @param id what host and worker call it
   * @param job whose it is
   * @param unit what to render
   * @param slot where its pass will be written
   * @param givenNs when the worker was given it
   */
  record Held(long id, Job job, WorkUnit unit, PassSlots.Slot slot, long givenNs) {}

  /** What the units before count beside the latest. */
  private static final double MEMORY = 0.7;

  private final List<Held> units = new ArrayList<>();
  private long progressNs;
  private double renderedSamples;
  private double renderedNs;

  boolean isEmpty() {
    return units.isEmpty();
  }

  int count() {
    return units.size();
  }

  /** Pixel samples per nanosecond, 0 until known. */
  double samplesPerNs() {
    return renderedNs == 0 ? 0 : renderedSamples / renderedNs;
  }

  /** Another worker may come to the same address. */
  void forgetSpeed() {
    renderedSamples = 0;
    renderedNs = 0;
  }

  void add(Held held, long nowNs) {
    if (units.isEmpty()) {
      progressNs = nowNs;
    }
    units.add(held);
  }

  /** The unit of that id; null if it holds none. */
  Held find(long id) {
    for (int i = 0; i < units.size(); i++) {
      if (units.get(i).id() == id) {
        return units.get(i);
      }
    }
    return null;
  }

  /** A unit ended. */
  void remove(Held held, long nowNs) {
    units.remove(held);
    progressNs = nowNs;
  }

  /**
   * A unit was rendered in that time. Samples and times are summed apart: a mean of speeds would
   * follow the unit that happened to be easy, or that a worker with pauses had no pause in.
   */
  void rendered(WorkUnit unit, long renderNs) {
    renderedSamples = MEMORY * renderedSamples + unit.pixelSamples();
    renderedNs = MEMORY * renderedNs + Math.max(1, renderNs);
  }

  /** All units; none is held any more. */
  List<Held> takeAll() {
    List<Held> all = new ArrayList<>(units);
    units.clear();
    return all;
  }

  /**
   * How long it would take to bring one more unit. One whose speed isn't known is worth a try when
   * it has nothing else to do, and not before: a unit that a slow worker got may be all there is.
   */
  double nanosFor(WorkUnit unit) {
    if (renderedNs == 0) {
      return units.isEmpty() ? 0 : Double.MAX_VALUE;
    }
    return (samples(units.size()) + unit.pixelSamples()) / samplesPerNs();
  }

  /**
   * How long a unit will still take, as far as can be told: by the speed so far, or, once the unit
   * in hand takes longer than that, as slowly as it then must be, and as long again.
   */
  double remainingNs(WorkUnit unit, long nowNs) {
    if (units.isEmpty()) {
      return 0;
    }
    double elapsed = Math.max(1, nowNs - progressNs);
    long current = units.get(0).unit().pixelSamples();
    long through = samples(indexOf(unit) + 1);
    boolean inTime = renderedNs > 0 && elapsed <= current / samplesPerNs();
    return inTime
        ? through / samplesPerNs() - elapsed
        : elapsed + (through - current) * elapsed / current;
  }

  private int indexOf(WorkUnit unit) {
    for (int i = 0; i < units.size(); i++) {
      if (units.get(i).unit().equals(unit)) {
        return i;
      }
    }
    return 0;
  }

  private long samples(int count) {
    long samples = 0;
    for (int i = 0; i < count; i++) {
      samples += units.get(i).unit().pixelSamples();
    }
    return samples;
  }
}
