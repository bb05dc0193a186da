// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.util.PriorityQueue;

/** What happens when. Things due at the same instant happen in the order they were asked for. */
public final class VirtualTime {
  private record Event(long atNs, long number, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(atNs, other.atNs);
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowNs;
  private long nextNumber;

  /** Nanoseconds since the simulation began. */
  public long nowNs() {
    return nowNs;
  }

  /** Lets something happen then; at once, if that is past. */
  public void at(long atNs, Runnable action) {
    events.add(new Event(Math.max(nowNs, atNs), nextNumber++, action));
  }

  /** Lets something happen in so many nanoseconds. */
  public void in(long delayNs, Runnable action) {
    at(nowNs + delayNs, action);
  }

  /** Goes on to the next thing and lets it happen; there always is one while a node lives. */
  void step() {
    Event next = events.remove();
    nowNs = next.atNs();
    next.action().run();
  }
}
