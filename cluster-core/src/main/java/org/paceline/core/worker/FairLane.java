// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Shares a lane among sessions: of those with something to do, the one goes next that has had the
 * least of the lane's time for its weight. Who had nothing to do saves nothing up (start-time fair
 * queueing; Goyal, Vin and Cheng 1996). How long a task takes shows only when it has ended: until
 * then it counts as long as the one before it.
 *
 * <p>Belongs to the sessions' owner.
 */
final class FairLane {
  /** Tasks that the lane has at once: one to run, and the next, so that it never waits for us. */
  private static final int AHEAD = 2;

  /** What one session has of the lane. */
  final class Share {
    private final int weight;
    private final ArrayDeque<DeviceTask> waiting = new ArrayDeque<>();
    private double servedNs;
    private double chargedNs;
    private int pending;
    private long heldUpNs;

    private Share(int weight) {
      this.weight = weight;
    }

    /** Queues a task behind those of this session. */
    void submit(DeviceTask task) {
      if (pending == 0) {
        servedNs = Math.max(servedNs, reachedNs);
        heldUpNs = 0;
      }
      pending++;
      waiting.add(task);
      feed();
    }

    /** Tasks submitted and not completed. */
    int pending() {
      return pending;
    }

    /** Gives the share back, once nothing is pending. */
    void close() {
      shares.remove(this);
    }
  }

  private record Given(Share share, double chargedNs) {}

  private final DeviceLane lane;
  private final List<Share> shares = new ArrayList<>();
  private final ArrayDeque<Given> given = new ArrayDeque<>();
  private double reachedNs;
  private boolean stopped;

  FairLane(DeviceLane lane) {
    this.lane = lane;
  }

  /** A share for a session; of two with weights 1 and 3, the second gets three times as much. */
  Share open(int weight) {
    Share share = new Share(weight);
    shares.add(share);
    return share;
  }

  /** Completes what has ended, and goes on; returns how much was done. */
  int poll() {
    int work = 0;
    for (DeviceTask task = lane.poll(); task != null; task = lane.poll()) {
      ended(given.poll(), task);
      work++;
    }
    feed();
    return work;
  }

  /** The lane has stopped for good: completes everything, whether or not it ran. */
  void drop() {
    stopped = true;
    for (DeviceTask task = lane.poll(); task != null; task = lane.poll()) {
      ended(given.poll(), task);
    }
    for (Share share : List.copyOf(shares)) {
      for (DeviceTask task = share.waiting.poll(); task != null; task = share.waiting.poll()) {
        share.pending--;
        task.completed();
      }
    }
  }

  private void ended(Given ended, DeviceTask task) {
    Share share = ended.share();
    double cost = (double) task.durationNs() / share.weight;
    share.servedNs += cost - ended.chargedNs();
    share.chargedNs = cost;
    share.pending--;
    task.heldUpFor(share.heldUpNs);
    share.heldUpNs = 0;
    for (int i = 0; i < shares.size(); i++) {
      Share other = shares.get(i);
      if (other != share && other.pending > 0) {
        other.heldUpNs += task.durationNs();
      }
    }
    task.completed();
  }

  private void feed() {
    while (given.size() < AHEAD && !stopped) {
      Share next = leastServed();
      if (next == null) {
        return;
      }
      reachedNs = Math.max(reachedNs, next.servedNs);
      next.servedNs += next.chargedNs;
      given.add(new Given(next, next.chargedNs));
      lane.submit(next.waiting.poll());
    }
  }

  /** Of equals the one that came first; its charge puts it behind the others. */
  private Share leastServed() {
    Share least = null;
    for (int i = 0; i < shares.size(); i++) {
      Share share = shares.get(i);
      if (!share.waiting.isEmpty() && (least == null || share.servedNs < least.servedNs)) {
        least = share;
      }
    }
    return least;
  }
}
