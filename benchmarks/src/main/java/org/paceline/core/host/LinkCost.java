// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.SystemNanoClock;
import org.paceline.api.ClusterConfig;
import org.paceline.api.WorkerStatus;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Transport;
import org.paceline.benchmarks.IdleWorkers;
import org.paceline.core.Arrivals;
import org.paceline.core.Transports;

/**
 * What links cost a host that has nothing to render: time of a duty cycle, with sockets asked one
 * by one and all at once, and memory.
 */
public final class LinkCost {
  /** What it prints before the growth of the process in bytes. */
  public static final String GREW_BY = "grew by";

  private static final DeviceIdentity RENDERER = new DeviceIdentity("none", "1", "1");
  private static final long LIMIT_NS = 120_000_000_000L;
  private static final long MEASURED_NS = 2_000_000_000;

  private static final long[] TOOK = new long[1 << 20];

  /**
   * Of idle links.
   *
   * @param cycleNs a duty cycle of the host, the median
   * @param bytes how much the process grew
   */
  private record Cost(long cycleNs, long bytes) {}

  private LinkCost() {}

  /** Takes the port of {@link IdleWorkers} and numbers of links. */
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    measure(1, port, true); // loads classes
    for (int i = 1; i < args.length; i++) {
      int links = Integer.parseInt(args[i]);
      Cost together = measure(links, port, true);
      System.out.println(GREW_BY + " " + together.bytes() + " for " + links + " links");
      Cost oneByOne = measure(links, port, false);
      System.out.printf(
          Locale.ROOT,
          "%d links: a duty cycle takes %d ns; %d ns where each socket is asked%n",
          links,
          together.cycleNs(),
          oneByOne.cycleNs());
    }
  }

  private static long residentBytes() throws IOException {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }

  private static Cost measure(int links, int port, boolean together) throws Exception {
    ClusterConfig config = IdleWorkers.config().workers(IdleWorkers.endpoints(links, port)).build();
    long before = residentBytes();
    Transport tcp = new Transports().of(config.workers().get(0));
    Arrivals arrivals = new Arrivals();
    HostSession session =
        new HostSession(
            config,
            RENDERER,
            new Route.Local("this machine", Set.of("tcp"), Map.of()),
            endpoint ->
                together
                    ? arrivals.watch(tcp.connect(endpoint, config))
                    : tcp.connect(endpoint, config),
            () -> null,
            Optional.empty(),
            SystemNanoClock.INSTANCE);
    Agent host = arrivals.around(session);
    try {
      long start = System.nanoTime();
      while (attached(session) < links) {
        host.doWork();
        if (System.nanoTime() - start > LIMIT_NS) {
          throw new IOException(attached(session) + " of " + links + " workers attached");
        }
      }
      return new Cost(cycleNs(host), residentBytes() - before);
    } finally {
      host.onClose();
    }
  }

  private static long attached(HostSession session) {
    return session.statuses().stream()
        .filter(worker -> worker.state() == WorkerStatus.State.LOADING)
        .count();
  }

  /** The median of cycles, most of which have nothing to do. */
  private static long cycleNs(Agent host) throws Exception {
    int cycles = 0;
    long end = System.nanoTime() + MEASURED_NS;
    for (long now = System.nanoTime(); now < end && cycles < TOOK.length; cycles++) {
      host.doWork();
      long next = System.nanoTime();
      TOOK[cycles] = next - now;
      now = next;
    }
    Arrays.sort(TOOK, 0, cycles);
    return TOOK[cycles / 2];
  }
}
