// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.paceline.api.ClusterConfig;
import org.paceline.api.ConfigurationException;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.HostList;
import org.paceline.discovery.SlurmNodes;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say which workers render. */
final class ClusterOptions {
  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "Start N worker processes on this machine for this render and end them afterwards.")
  private Integer workers;

  @Option(
      names = "--worker",
      paramLabel = "HOST:PORT",
      description =
          "Render on a running worker, or on several: node[01-16]:4711,pc2. May be given more than"
              + " once.")
  private List<String> remote = new ArrayList<>();

  @Option(
      names = "--discover",
      description =
          "Render on the workers that announce themselves with your key (without one: on this"
              + " machine), and on those of this SLURM job. Where a key and no worker is given, they"
              + " help this machine anyway.")
  private boolean discover;

  @Option(
      names = "--listen",
      paramLabel = "[HOST:]PORT",
      description =
          "Wait there for workers that were started with --join, and render on them, too.")
  private String listen;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Read workers, key and tuning from a HOCON file. --worker and --workers replace its"
              + " workers.")
  private Path config;

  @Option(
      names = "--local",
      description =
          "Render on this machine too, with one worker process of its own. This machine alone"
              + " renders when no worker is named and no key given.")
  private boolean local;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Render threads of each local worker (default: cores divided by workers).")
  private Integer threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Most memory a local worker gives to scenes, for example 8GiB.")
  private String memory;

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      description =
          "What to go on with after meeting a worker over TCP: tcp, ipc (on one machine), aeron"
              + " (UDP), rdma (InfiniBand, RoCE), or auto for the fastest that both ends have.")
  private String transport;

  @Option(
      names = "--multicast",
      paramLabel = "GROUP:PORT",
      description =
          "Send the scene once to all workers that are reached over aeron, to this multicast"
              + " group, for example 224.20.30.41:4712; mdc where the network has no multicast.")
  private String multicast;

  @Option(
      names = "--kernels",
      paramLabel = "LEVEL",
      description =
          "Instruction set that every worker's kernels must use, for example sse41: the same bits"
              + " from different CPUs. Workers need the same --kernels.")
  private String kernels;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "File whose first line is the key that the workers were started with.")
  private Path keyFile;

  /**
   * Checks the options against each other and reads the files they name.
   *
   * @param defaultWorkers local workers to start when the options name none
   */
  ClusterPlan plan(Console console, int defaultWorkers) {
    if (workers != null && workers < 1) {
      throw CliException.usage("--workers=" + workers + ": must be at least 1");
    }
    if (workers != null && !remote.isEmpty()) {
      throw CliException.usage(
          "--workers starts workers here, --worker names running ones: give one of them, or --worker"
              + " with --local");
    }
    ClusterConfig settings = withTransport(withKernels(ClusterPlan.settings(config)));
    String key = keyFile == null ? settings.key() : KeyFile.read(keyFile, console::say);
    List<Endpoint> named = workers != null ? List.of() : settings.workers();
    if (!remote.isEmpty()) {
      named = remote.stream().flatMap(list -> endpoints(list).stream()).distinct().toList();
    }
    ClusterConfig asked = withComers(ClusterPlan.with(settings, named, key));
    boolean choice = workers != null || local || !named.isEmpty() || asked.expectsMore();
    int localCount = choice ? 0 : defaultWorkers;
    if (workers != null) {
      localCount = workers;
    } else if (local) {
      localCount = 1;
    }
    if (localCount == 0 && (threads != null || memory != null)) {
      throw CliException.usage(
          "--threads and --memory are for workers that this command starts; give them to the other"
              + " machines' workers, or add --local");
    }
    if (!choice && !key.isEmpty()) {
      asked = asked.toBuilder().discover(true).build();
    }
    if (asked.discover()) {
      checkSlurm();
    }
    return new ClusterPlan(
        asked,
        localCount,
        localThreads(localCount),
        Optional.ofNullable(config),
        Optional.ofNullable(checkedMemory()));
  }

  /** With those workers that aren't named. */
  private ClusterConfig withComers(ClusterConfig settings) {
    ClusterConfig.Builder builder = settings.toBuilder();
    if (discover) {
      builder.discover(true);
    }
    if (listen != null) {
      String everywhere = settings.key().isEmpty() ? "127.0.0.1:" : "0.0.0.0:";
      builder.hostListen(listen.matches("\\d+") ? everywhere + listen : listen);
    }
    try {
      return builder.build();
    } catch (ConfigurationException e) {
      throw CliException.usage("--listen: " + e.getMessage(), e);
    }
  }

  private ClusterConfig withKernels(ClusterConfig settings) {
    return kernels == null ? settings : settings.toBuilder().kernels(kernels).build();
  }

  private ClusterConfig withTransport(ClusterConfig settings) {
    ClusterConfig.Builder builder = settings.toBuilder();
    if (transport != null) {
      builder.transport(transport);
    }
    if (multicast != null) {
      builder.multicast(multicast);
    }
    try {
      return builder.build();
    } catch (ConfigurationException e) {
      throw CliException.usage("--transport, --multicast: " + e.getMessage(), e);
    }
  }

  private int localThreads(int localCount) {
    if (threads != null && threads < 1) {
      throw CliException.usage("--threads=" + threads + ": must be at least 1");
    }
    int cores = Runtime.getRuntime().availableProcessors();
    return threads != null ? threads : Math.max(1, cores / Math.max(1, localCount));
  }

  private String checkedMemory() {
    if (memory != null) {
      try {
        new ByteSize().convert(memory);
      } catch (TypeConversionException e) {
        throw CliException.usage("--memory: " + e.getMessage(), e);
      }
    }
    return memory;
  }

  private static void checkSlurm() {
    try {
      SlurmNodes.ofThisJob();
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), e);
    }
  }

  private static List<Endpoint> endpoints(String list) {
    try {
      List<Endpoint> workers = HostList.parse(list);
      workers.forEach(worker -> requirePort("--worker", worker));
      return workers;
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--worker: " + e.getMessage(), e);
    }
  }

  /** Port 0 means any free one, where something listens. */
  static void requirePort(String option, Endpoint dialled) {
    if (dialled.port() == 0) {
      throw CliException.usage(
          option + ": " + dialled + " can't be dialled: name the port that it listens on");
    }
  }
}
