// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.paceline.api.transport.Endpoint;

/**
 * What a local worker process is started with.
 *
 * @param device name of the device it offers
 * @param threads render threads
 * @param listen where it listens; port 0 takes a free one
 * @param key shared secret, empty for none; reaches the process through its stdin, where no process
 *     list shows it
 * @param kernels instruction set of its kernels
 * @param config configuration file, if any
 * @param memory memory budget as {@link ByteSize} reads it, if not the configuration's
 */
record WorkerLaunch(
    String device,
    int threads,
    Endpoint listen,
    String key,
    String kernels,
    Optional<Path> config,
    Optional<String> memory) {
  /** Defaults: a free loopback port, no key, no configuration. */
  static WorkerLaunch of(String device, int threads) {
    return new WorkerLaunch(
        device,
        threads,
        new Endpoint("tcp", "127.0.0.1", 0),
        "",
        "auto",
        Optional.empty(),
        Optional.empty());
  }

  WorkerLaunch withKey(String value) {
    return new WorkerLaunch(device, threads, listen, value, kernels, config, memory);
  }

  WorkerLaunch withListen(Endpoint value) {
    return new WorkerLaunch(device, threads, value, key, kernels, config, memory);
  }

  WorkerLaunch withKernels(String value) {
    return new WorkerLaunch(device, threads, listen, key, value, config, memory);
  }

  WorkerLaunch withConfig(Optional<Path> file, Optional<String> memoryBudget) {
    return new WorkerLaunch(device, threads, listen, key, kernels, file, memoryBudget);
  }

  /** As the process list shows it: without the key. */
  @Override
  public String toString() {
    return String.join(" ", arguments());
  }

  /** The arguments of the {@code worker} command. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("worker");
    arguments.add(WorkerCommand.EXIT_WITH_PARENT);
    arguments.add("--listen=" + listen);
    arguments.add("--device=" + device);
    arguments.add("--threads=" + threads);
    arguments.add("--kernels=" + kernels);
    config.ifPresent(file -> arguments.add("--config=" + file.toAbsolutePath()));
    memory.ifPresent(size -> arguments.add("--memory=" + size));
    return arguments;
  }
}
