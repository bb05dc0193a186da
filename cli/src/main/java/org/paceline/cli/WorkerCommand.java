// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.paceline.api.ClusterConfig;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.HostAddresses;
import org.paceline.core.WorkerNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Offers this machine's cores to hosts until it is ended. */
@Command(
    name = "worker",
    sortOptions = false,
    description = "Offer this machine's cores to hosts, until Ctrl-C.",
    footer = {
      "%nExamples:",
      "  (umask 077; head -c 24 /dev/urandom | base64 > key)   a key, to copy around",
      "  ./paceline worker --key-file key                      all cores, port 4711",
      "  ./paceline worker --listen 127.0.0.1:5000 --threads 4",
      "  ./paceline worker --key-file key --join pc1:4712      where pc1 can't reach this",
      "      machine, but runs ./paceline render --listen 4712",
      "%nWithout a key a worker can be reached from its own machine only."
    })
final class WorkerCommand implements Callable<Integer> {
  /** Ends the worker when its stdin ends; the key is the first line there. */
  static final String EXIT_WITH_PARENT = "--exit-with-parent";

  /** What the line on stdout that tells the endpoint begins with. */
  static final String LISTENING = "listening on ";

  private static final String JOINING = "dialling ";

  /** A device that doesn't react must not keep the process. */
  private static final long END_LIMIT_MS = 10_000;

  /** Longer than the units that a worker holds usually take. */
  private static final Duration LEAVE_LIMIT = Duration.ofMillis(1_500);

  private final Console console;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description =
          "Where hosts reach this worker; port 0 takes a free one (default: 0.0.0.0:4711 with a key,"
              + " else 127.0.0.1:4711).")
  private String listen;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      description =
          "Dial a host that waits there (render --listen), again and again, instead of listening.")
  private String join;

  @Option(
      names = "--no-announce",
      description = "Don't tell the network (mDNS) that this worker is there.")
  private boolean hidden;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Render threads (default: all cores).")
  private Integer threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Most memory for scenes, for example 8GiB, the default.")
  private Long memory;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cycles",
      description = "cycles or reference (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--kernels",
      paramLabel = "LEVEL",
      description =
          "Instruction set of the kernels: auto takes the best this CPU has, a named level such as"
              + " sse41 gives the same bits on different CPUs.")
  private String kernels;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "File whose first line is the key that hosts must have too.")
  private Path keyFile;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Read settings from a HOCON file; options win over it.")
  private Path config;

  @Mixin private MetricsOption metrics;

  @Option(names = EXIT_WITH_PARENT, hidden = true)
  private boolean exitWithParent;

  WorkerCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    BufferedReader parent =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (join != null && listen != null) {
      throw CliException.usage("--join dials a host instead of listening: leave out --listen");
    }
    ClusterConfig settings = settings(parent);
    Endpoint at = join == null ? endpoint(settings) : host();
    DeviceOptions options = new DeviceOptions(renderThreads(), settings.kernels());
    CountDownLatch closed = new CountDownLatch(1);
    try (MetricsServer metricsServer = metrics.start(console);
        WorkerNode node = start(settings, at, () -> Devices.open(device, options))) {
      metricsServer.add(registry -> WorkerMetrics.register(registry, node::activity));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(node, closed), "worker end"));
      if (exitWithParent) {
        Thread watch = new Thread(() -> endWithParent(parent), "parent watch");
        watch.setDaemon(true);
        watch.start();
      } else {
        console.say("paceline worker " + VersionCommand.version() + ": " + node.description());
      }
      console.result((join == null ? LISTENING : JOINING) + node.endpoint());
      if (join == null) {
        sayIfOnlyHere(node.endpoint());
      }
      WorkerPresence presence = announced(node, settings, metricsServer);
      try {
        node.awaitClosed();
        if (node.failure().isPresent()) {
          endSoon();
          throw CliException.failed(node.failure().get() + "; start this worker again");
        }
      } finally {
        CloseHelper.close(presence);
      }
    } finally {
      closed.countDown();
    }
    return ExitCodes.OK;
  }

  private ClusterConfig settings(BufferedReader parent) {
    ClusterConfig.Builder builder = ClusterPlan.settings(config).toBuilder();
    if (memory != null) {
      builder.workerMemoryBytes(memory);
    }
    if (kernels != null) {
      builder.kernels(kernels);
    }
    if (exitWithParent) {
      builder.key(firstLine(parent));
    } else if (keyFile != null) {
      builder.key(KeyFile.read(keyFile, console::say));
    }
    return builder.build();
  }

  private WorkerNode start(ClusterConfig settings, Endpoint at, Supplier<RenderDevice> devices) {
    return join == null
        ? WorkerNode.start(settings, at, devices)
        : WorkerNode.join(settings, at, devices);
  }

  /** A worker that can't be found, or shall not be, has no presence: null. */
  private WorkerPresence announced(
      WorkerNode node, ClusterConfig settings, MetricsServer metricsServer) {
    if (hidden || exitWithParent || join != null) {
      return null;
    }
    try {
      return WorkerPresence.start(
          node, settings, node.description(), renderThreads(), metricsServer);
    } catch (IllegalArgumentException e) {
      console.say("This worker doesn't announce itself: " + e.getMessage());
      return null;
    }
  }

  private Endpoint endpoint(ClusterConfig settings) {
    if (listen == null) {
      String host = settings.key().isEmpty() ? "127.0.0.1" : "0.0.0.0";
      return new Endpoint("tcp", host, Endpoint.DEFAULT_PORT);
    }
    return parsed("--listen", listen);
  }

  private Endpoint host() {
    Endpoint host = parsed("--join", join);
    ClusterOptions.requirePort("--join", host);
    return host;
  }

  /** A name may mean an address that others don't reach: many systems give that to their own. */
  private void sayIfOnlyHere(Endpoint listening) {
    String host = listening.host();
    if (host.equals("localhost") || HostAddresses.isLiteral(host)) {
      return;
    }
    InetAddress address = HostAddresses.resolve(host).join()[0];
    if (address.isLoopbackAddress()) {
      console.say(
          host
              + " is "
              + address.getHostAddress()
              + " here: the worker can be reached from this machine only; to be reached from others,"
              + " name an address of its network, or 0.0.0.0");
    }
  }

  private static Endpoint parsed(String option, String text) {
    try {
      return Endpoint.parse(text);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(option + ": " + e.getMessage(), e);
    }
  }

  private int renderThreads() {
    if (threads != null && threads < 1) {
      throw CliException.usage("--threads=" + threads + ": must be at least 1");
    }
    return threads != null ? threads : Runtime.getRuntime().availableProcessors();
  }

  private static String firstLine(BufferedReader parent) {
    try {
      String line = parent.readLine();
      if (line == null) {
        throw CliException.failed("the process that started this worker is gone");
      }
      return line;
    } catch (IOException e) {
      throw CliException.failed("stdin can't be read: " + e.getMessage(), e);
    }
  }

  private static void endWithParent(BufferedReader parent) {
    try {
      while (parent.readLine() != null) {
        // Nothing more is said there; only its end counts.
      }
    } catch (IOException e) {
      System.err.println("the pipe to the parent broke: " + e.getMessage());
    }
    System.exit(ExitCodes.OK);
  }

  /**
   * Whatever doesn't let go of a worker that has failed: who watches over it shall start it anew.
   */
  private static void endSoon() {
    Thread limit =
        new Thread(
            () -> {
              try {
                Thread.sleep(END_LIMIT_MS);
              } catch (InterruptedException e) {
                // then at once
              }
              Runtime.getRuntime().halt(ExitCodes.FAILED);
            },
            "worker end limit");
    limit.setDaemon(true);
    limit.start();
  }

  private static void leave(WorkerNode node) {
    try {
      node.leave(LEAVE_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** In a shutdown hook: native threads must not render while the process is taken down. */
  private static void end(WorkerNode node, CountDownLatch closed) {
    Thread closing = new Thread(() -> leave(node), "worker close");
    closing.setDaemon(true);
    closing.start();
    try {
      if (!closed.await(END_LIMIT_MS, TimeUnit.MILLISECONDS) || node.leftDeviceBehind()) {
        Runtime.getRuntime().halt(ExitCodes.FAILED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
