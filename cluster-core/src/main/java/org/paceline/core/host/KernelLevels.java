// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of attached workers that render with different instruction sets. They are used all the
 * same: the image is right, but its bits depend on who renders which part.
 */
final class KernelLevels {
  private static final Logger LOGGER = LoggerFactory.getLogger(KernelLevels.class);

  private TreeSet<String> warnedOf = new TreeSet<>();

  /** Looks at the attached workers; the same mixture is told once. */
  void observe(List<WorkerLink> links) {
    Map<String, List<String>> workers =
        links.stream()
            .filter(link -> link.isAttached() && !link.kernels().isEmpty())
            .collect(
                Collectors.groupingBy(
                    WorkerLink::kernels,
                    TreeMap::new,
                    Collectors.mapping(WorkerLink::toString, Collectors.toList())));
    if (workers.size() > 1 && !warnedOf.containsAll(workers.keySet())) {
      warnedOf = new TreeSet<>(workers.keySet());
      LOGGER.warn("{}", warning(workers));
    }
  }

  /** From a level to the workers that have it. */
  static String warning(Map<String, List<String>> workers) {
    return "the workers' kernels use different instruction sets ("
        + workers.entrySet().stream()
            .map(each -> each.getKey() + ": " + String.join(", ", each.getValue()))
            .collect(Collectors.joining("; "))
        + "), so the image's last bits depend on who renders which part; for equal bits start the"
        + " workers and the render with one --kernels LEVEL that all of their CPUs have";
  }
}
