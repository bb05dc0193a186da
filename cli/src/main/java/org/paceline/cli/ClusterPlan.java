// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.discovery.SlurmNodes;

/**
 * Which workers a command renders with.
 *
 * @param config settings and the workers that run already
 * @param localWorkers worker processes to start here
 * @param threads render threads of each of those
 * @param configFile what {@code config} was read from, if anything
 * @param memory memory budget of each local worker, if given
 */
record ClusterPlan(
    ClusterConfig config,
    int localWorkers,
    int threads,
    Optional<Path> configFile,
    Optional<String> memory) {
  private static final int KEY_BYTES = 16;

  /** More names than that are counted. */
  private static final int MOST_NAMES = 16;

  /** Without a key of its own, a cluster of local workers only gets one that nobody else knows. */
  ClusterPlan {
    if (config.key().isEmpty() && config.workers().isEmpty() && !config.expectsMore()) {
      byte[] key = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(key);
      config = with(config, List.of(), HexFormat.of().formatHex(key));
    }
  }

  /**
   * Settings from a file, or the command line's own.
   *
   * @param file may be null
   */
  static ClusterConfig settings(Path file) {
    return file == null ? ClusterConfig.builder().build() : ClusterConfig.load(file);
  }

  /** The same settings for other workers and another key. */
  static ClusterConfig with(ClusterConfig config, List<Endpoint> workers, String key) {
    return config.toBuilder().workers(workers).key(key).build();
  }

  /** Who renders, for people. */
  String description() {
    List<String> parts = new ArrayList<>();
    if (localWorkers > 0) {
      parts.add(count(localWorkers, "local worker") + " with " + count(threads, "thread"));
    }
    if (!config.workers().isEmpty()) {
      parts.add(list(config.workers()));
    }
    if (config.discover()) {
      parts.add("workers that announce themselves");
      List<Endpoint> nodes = SlurmNodes.ofThisJob();
      if (!nodes.isEmpty()) {
        parts.add("the nodes of this SLURM job: " + list(nodes));
      }
    }
    if (!config.hostListen().isEmpty()) {
      parts.add("workers that dial " + config.hostListen());
    }
    return "on " + String.join(" and ", parts);
  }

  private static String list(List<Endpoint> workers) {
    if (workers.size() <= MOST_NAMES) {
      return workers.stream().map(Endpoint::toString).collect(Collectors.joining(", "));
    }
    return String.format(
        Locale.ROOT,
        "%,d workers, %s to %s",
        workers.size(),
        workers.get(0),
        workers.get(workers.size() - 1));
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** Starts the local workers and returns at once. */
  WorkerProcesses startLocalWorkers(String device, Console console) {
    WorkerLaunch launch =
        WorkerLaunch.of(device, threads)
            .withKey(config.key())
            .withKernels(config.kernels())
            .withConfig(configFile, memory);
    return WorkerProcesses.start(localWorkers, launch, console::say);
  }

  /** The configuration of a host that renders with the named workers and with local ones. */
  ClusterConfig withLocal(List<Endpoint> local) {
    List<Endpoint> all = new ArrayList<>(config.workers());
    all.addAll(local);
    return with(config, all, config.key());
  }
}
