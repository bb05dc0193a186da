// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.paceline.api.transport.Endpoint;

/** What is read from a job's environment. */
class SlurmNodesTest {
  private static final List<Endpoint> TWO =
      List.of(new Endpoint("tcp", "tux09", 4711), new Endpoint("tcp", "tux10", 4711));

  @Test
  void aJobsNodesAreItsWorkers() {
    assertEquals(TWO, SlurmNodes.fromEnvironment(Map.of("SLURM_JOB_NODELIST", "tux[09-10]")));
  }

  @Test
  void theOlderNameCountsToo() {
    assertEquals(TWO, SlurmNodes.fromEnvironment(Map.of("SLURM_NODELIST", "tux[09-10]")));
    assertEquals(
        TWO,
        SlurmNodes.fromEnvironment(
            Map.of("SLURM_JOB_NODELIST", "tux[09-10]", "SLURM_NODELIST", "old")));
  }

  @Test
  void outsideAJobThereAreNone() {
    assertEquals(List.of(), SlurmNodes.fromEnvironment(Map.of("PATH", "/bin")));
    assertEquals(List.of(), SlurmNodes.fromEnvironment(Map.of("SLURM_JOB_NODELIST", "")));
  }

  @Test
  void aFaultNamesTheVariable() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> SlurmNodes.fromEnvironment(Map.of("SLURM_NODELIST", "tux[1")))
            .getMessage();
    assertTrue(message.startsWith("SLURM_NODELIST: host list: character 4"), message);
  }
}
