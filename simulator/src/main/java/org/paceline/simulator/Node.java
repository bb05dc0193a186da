// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

/**
 * A process with one agent. Its duty cycle runs when something arrives, again while there is work,
 * and otherwise at an interval, which is how its timers advance.
 */
abstract class Node {
  private static final long NEVER = Long.MAX_VALUE;

  /** What a duty cycle costs, and each thing done in it. */
  record Costs(long tickNs, long cycleNs, long workNs) {}

  final VirtualTime time;
  private final Journal journal;
  private final int number;
  private final Costs costs;
  private final Runnable run = this::run;
  private long nextNs = NEVER;
  private long notBeforeNs;
  private boolean ended;

  Node(VirtualTime time, Journal journal, int number, Costs costs) {
    this.time = time;
    this.journal = journal;
    this.number = number;
    this.costs = costs;
  }

  /** One duty cycle. */
  abstract int doWork();

  /** Runs as soon as it can. */
  final void wake() {
    wakeAt(time.nowNs());
  }

  /** Runs then, or as soon afterwards as it can. */
  final void wakeAt(long atNs) {
    long at = Math.max(atNs, notBeforeNs);
    if (at < nextNs && !ended) {
      nextNs = at;
      time.at(at, run);
    }
  }

  /** Doesn't run before that. */
  final void freezeUntil(long atNs) {
    notBeforeNs = Math.max(notBeforeNs, atNs);
  }

  final void end() {
    ended = true;
  }

  final boolean hasEnded() {
    return ended;
  }

  private void run() {
    if (ended || time.nowNs() != nextNs) {
      return; // brought forward meanwhile
    }
    nextNs = NEVER;
    if (time.nowNs() < notBeforeNs) {
      wakeAt(notBeforeNs);
      return;
    }
    int work = doWork();
    journal.note(number, work);
    notBeforeNs = Math.max(notBeforeNs, time.nowNs() + costs.cycleNs() + work * costs.workNs());
    wakeAt(work > 0 ? notBeforeNs : time.nowNs() + costs.tickNs());
  }
}
