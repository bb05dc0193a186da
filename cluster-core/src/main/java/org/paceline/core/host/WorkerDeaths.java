// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.paceline.api.WorkUnit;

/**
 * Notices that a scene ends the workers that take it. A worker that is lost is no proof: machines
 * fail, and people end processes. Two are, if each was lost while it loaded the scene or had a unit
 * in hand and nobody has ever rendered a unit of it; or if each had the same unit in hand, and was
 * given it after the one before was lost. A process that comes back was not ended.
 *
 * <p>Belongs to the session's thread.
 */
final class WorkerDeaths {
  private static final int SUSPICIOUS = 2;

  /** That many are enough although others are there to try. */
  private static final int MANY = 8;

  /** A process whose network had failed is back by then, or another worker has come. */
  private static final long PATIENCE_NS = 5_000_000_000L;

  private record Death(String worker, String instance, WorkUnit inHand, long givenNs, long diedNs) {
    boolean overlaps(WorkUnit unit) {
      return inHand != null
          && inHand.firstSample() == unit.firstSample()
          && inHand.x() < unit.x() + unit.width()
          && unit.x() < inHand.x() + inHand.width()
          && inHand.y() < unit.y() + unit.height()
          && unit.y() < inHand.y() + inHand.height();
    }
  }

  private final List<Death> deaths = new ArrayList<>();
  private boolean anyRendered;

  /** Deaths for which the last one is not alone; empty if it is. */
  private List<Death> suspicion = List.of();

  /** A new scene: nothing is known of it. */
  void newScene() {
    newJob();
    anyRendered = false;
  }

  /** Whoever starts a job again wants it tried again. */
  void newJob() {
    deaths.clear();
    suspicion = List.of();
  }

  /**
   * The process at the other end of a link has gone without a word, while it loaded the scene or
   * held units.
   *
   * @param worker who and why, for people
   * @param instance which process it was; empty if it never said
   * @param inHand the unit that it rendered; null if it had none
   * @param givenNs when it was given that
   */
  void died(String worker, String instance, WorkUnit inHand, long givenNs, long nowNs) {
    if (instance.isEmpty() || (anyRendered && inHand == null)) {
      return;
    }
    Death last = new Death(worker, instance, inHand, givenNs, nowNs);
    deaths.add(last);
    suspicion = anyRendered ? inARow(last) : List.copyOf(deaths);
  }

  private List<Death> inARow(Death last) {
    List<Death> row = new ArrayList<>();
    for (Death death : deaths) {
      boolean after = row.isEmpty() || death.givenNs >= row.get(row.size() - 1).diedNs;
      if (death.overlaps(last.inHand) && after) {
        row.add(death);
      }
    }
    return row;
  }

  /** A process has attached. */
  void attached(String instance) {
    if (deaths.removeIf(death -> death.instance.equals(instance))) {
      suspicion = List.of();
    }
  }

  /** A unit was rendered by somebody. */
  void rendered(WorkUnit unit) {
    boolean wasNews = !anyRendered && !deaths.isEmpty();
    anyRendered = true;
    boolean explained =
        !deaths.isEmpty() && deaths.removeIf(death -> death.inHand == null || death.overlaps(unit));
    if (wasNews || explained) {
      suspicion = List.of();
    }
  }

  /**
   * Why the job can't go on, as a sentence; empty if it may.
   *
   * @param attached workers that are there now and may do better
   */
  Optional<String> verdict(int attached, long nowNs) {
    int count = suspicion.size();
    if (count < SUSPICIOUS) {
      return Optional.empty();
    }
    Death last = suspicion.get(count - 1);
    boolean nobodyLeft = attached == 0 && nowNs - last.diedNs > PATIENCE_NS;
    return nobodyLeft || count >= MANY ? Optional.of(sentence(last)) : Optional.empty();
  }

  private String sentence(Death last) {
    String who = suspicion.stream().map(Death::worker).distinct().collect(Collectors.joining("; "));
    String where =
        anyRendered
            ? "had pixels "
                + last.inHand.x()
                + ","
                + last.inHand.y()
                + " to "
                + (last.inHand.x() + last.inHand.width() - 1)
                + ","
                + (last.inHand.y() + last.inHand.height() - 1)
                + " from sample "
                + last.inHand.firstSample()
                + " in hand, one after the other"
            : "loaded or rendered it, and none has brought a pixel";
    return "this scene seems to end the workers that render it: "
        + suspicion.size()
        + " were lost while they "
        + where
        + " ("
        + who
        + "); look at what they said last";
  }
}
