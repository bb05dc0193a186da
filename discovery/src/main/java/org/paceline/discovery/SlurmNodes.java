// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.util.List;
import java.util.Map;
import org.paceline.api.ClusterConfig;
import org.paceline.api.WorkerFinder;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.HostList;

/** Finds the machines that SLURM gave to the job that this process belongs to. */
public final class SlurmNodes implements WorkerFinder {
  private static final List<String> VARIABLES = List.of("SLURM_JOB_NODELIST", "SLURM_NODELIST");

  /** One; it has no state. */
  public SlurmNodes() {}

  @Override
  public Search start(ClusterConfig config, Listener listener) {
    ofThisJob().forEach(node -> listener.found(List.of(node)));
    return () -> {};
  }

  /**
   * The nodes of the job that this process belongs to; none outside a job.
   *
   * @throws IllegalArgumentException if the list can't be read, naming the variable
   */
  public static List<Endpoint> ofThisJob() {
    return fromEnvironment(System.getenv());
  }

  /**
   * An endpoint at the default port for each machine of the job, this one included.
   *
   * @param environment usually {@link System#getenv()}
   * @return empty outside a job
   * @throws IllegalArgumentException if the list can't be read, naming the variable
   */
  static List<Endpoint> fromEnvironment(Map<String, String> environment) {
    for (String variable : VARIABLES) {
      String list = environment.getOrDefault(variable, "");
      if (!list.isBlank()) {
        try {
          return HostList.parse(list);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
        }
      }
    }
    return List.of();
  }
}
