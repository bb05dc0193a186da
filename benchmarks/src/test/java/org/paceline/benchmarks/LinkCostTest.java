// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.core.host.LinkCost;

@Tag("slow")
@Timeout(300)
class LinkCostTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long MOST_BYTES = 100 << 20;

  @Test
  void aThousandIdleWorkersCostAHostLittleMemory() throws Exception {
    try (NodeProgram workers = NodeProgram.start(IdleWorkers.class, List.of())) {
      String port = workers.await(IdleWorkers.LISTENING, LIMIT);
      try (NodeProgram host = NodeProgram.start(LinkCost.class, List.of(port, "1000"))) {
        String[] words = host.await(LinkCost.GREW_BY, LIMIT).split(" ");
        assertTrue(Long.parseLong(words[0]) < MOST_BYTES, String.join(" ", words));
      }
    }
  }
}
