// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import com.sun.management.OperatingSystemMXBean;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.paceline.core.Machine;

/** How busy and how full the machine is, whoever keeps it so. */
final class MachineMetrics {
  static final String INFO = "paceline_machine_info";
  static final String CPU = "paceline_machine_cpu_busy_ratio";
  static final String MEMORY = "paceline_machine_memory_used_ratio";
  static final String DISK = "paceline_machine_disk_used_ratio";
  static final String HOST_LABEL = "host";

  private static final Path HERE = Path.of("");

  private MachineMetrics() {}

  static void register(PrometheusRegistry registry) {
    Info.builder()
        .name(INFO)
        .help("The machine's host name, and the version of Paceline there.")
        .labelNames(HOST_LABEL, "version")
        .register(registry)
        .addLabelValues(Machine.name(), VersionCommand.version());
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    system.getCpuLoad(); // it tells the load since the call before
    gauge(CPU, "Part of all cores' time in use since the last reading.")
        .callback(callback -> present(system.getCpuLoad()).ifPresent(callback::call))
        .register(registry);
    gauge(MEMORY, "Part of the memory that programs can't have any more.")
        .callback(callback -> present(Machine.memoryUsed()).ifPresent(callback::call))
        .register(registry);
    gauge(DISK, "Part in use of the disk with the working directory.")
        .callback(callback -> diskUsed().ifPresent(callback::call))
        .register(registry);
  }

  private static GaugeWithCallback.Builder gauge(String name, String help) {
    return GaugeWithCallback.builder().name(name).help(help);
  }

  /** The system says -1 for what it can't tell. */
  private static OptionalDouble present(double ratio) {
    return ratio >= 0 ? OptionalDouble.of(ratio) : OptionalDouble.empty();
  }

  private static OptionalDouble diskUsed() {
    try {
      FileStore store = Files.getFileStore(HERE.toAbsolutePath());
      return OptionalDouble.of(1 - (double) store.getUsableSpace() / store.getTotalSpace());
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
  }
}
