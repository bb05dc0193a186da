// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.HostList;

/**
 * Everything that can be set for a cluster; immutable and validated. Made by {@link #builder()} or
 * from a HOCON file with {@link #load}.
 *
 * @param workers workers a host dials, in no particular order
 * @param discover whether a host dials workers as well that a {@link WorkerFinder} finds
 * @param hostListen where a host waits for workers that dial it, {@code host:port}; empty means it
 *     doesn't
 * @param key shared secret of host and workers; empty means none, and then sockets bind to loopback
 *     only
 * @param heartbeatTimeout silence after which a peer counts as lost; heartbeats are sent four times
 *     as often
 * @param reconnectInterval pause between attempts to reach a worker
 * @param unitTarget how long a work unit should take on the worker that gets it
 * @param unitsInFlight units a worker holds: the one it renders and the next ones
 * @param chunkBytes size of the pieces a scene buffer is hashed and sent in
 * @param socketBufferBytes send and receive buffer asked of the system for each channel; with 0 the
 *     system fits them to each TCP connection, and those of Aeron's sockets are 4 MiB
 * @param workerMemoryBytes most memory a worker gives to scenes
 * @param weight a session's part of a worker that it shares with others: with 3 it gets three times
 *     the time that one with 1 gets
 * @param idle what the threads that drive channels do when idle
 * @param kernels instruction set level every worker's kernels use; {@code auto} is each CPU's best,
 *     a named level (for example {@code sse41}) gives the same bits on different CPUs
 * @param transport what a host goes on with after it met a worker over TCP: {@link #AUTO} for the
 *     fastest that both have, or a scheme ({@code tcp}, {@code ipc}, {@code aeron}, {@code rdma})
 * @param multicast how to send to all workers at once, over Aeron: {@code GROUP:PORT}, or {@code
 *     mdc} or {@code mdc:PORT} where the network has no multicast; empty means not at all
 * @param aeron settings of the Aeron transport
 */
public record ClusterConfig(
    List<Endpoint> workers,
    boolean discover,
    String hostListen,
    String key,
    Duration heartbeatTimeout,
    Duration reconnectInterval,
    Duration unitTarget,
    int unitsInFlight,
    int chunkBytes,
    int socketBufferBytes,
    long workerMemoryBytes,
    int weight,
    IdleMode idle,
    String kernels,
    String transport,
    String multicast,
    AeronConfig aeron) {

  /** The {@code transport} that picks one by itself. */
  public static final String AUTO = "auto";

  /** The {@code transport} that works everywhere and starts fastest. */
  public static final String DEFAULT_TRANSPORT = "tcp";

  /** The most that {@code weight} may be. */
  public static final int MAX_WEIGHT = 1000;

  /** Where settings stand in a file. */
  public static final String ROOT = "paceline";

  private static final Pattern IPV4_GROUP =
      Pattern.compile("(22[4-9]|23\\d)\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  private static final Pattern IPV6_GROUP =
      Pattern.compile("[fF]{2}[0-9a-fA-F]{2}:[0-9a-fA-F:]*[13579bdfBDF]");

  /** All settings for people; of the key, only whether there is one. */
  @Override
  public String toString() {
    return Arrays.stream(getClass().getRecordComponents())
        .map(component -> component.getName() + "=" + shown(component))
        .collect(Collectors.joining(", ", "ClusterConfig[", "]"));
  }

  private Object shown(RecordComponent component) {
    if (component.getName().equals("key")) {
      return key.isEmpty() ? "none" : "(hidden)";
    }
    try {
      return component.getAccessor().invoke(this);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record's accessors are public", e);
    }
  }

  /** Validates; see the class comment. */
  public ClusterConfig {
    workers = List.copyOf(workers);
    atLeast("heartbeat-timeout", heartbeatTimeout, Duration.ofMillis(100));
    atLeast("reconnect-interval", reconnectInterval, Duration.ofMillis(10));
    atLeast("unit-target", unitTarget, Duration.ofMillis(1));
    inRange("units-in-flight", unitsInFlight, 1, 64);
    inRange("chunk-size", chunkBytes, 4096, 64 << 20);
    if (socketBufferBytes != 0) {
      inRange("socket-buffer", socketBufferBytes, 4096, 1 << 30);
    }
    inRange("worker-memory", workerMemoryBytes, 1 << 20, Long.MAX_VALUE);
    inRange("weight", weight, 1, MAX_WEIGHT);
    Objects.requireNonNull(aeron, "aeron");
    checkMulticast(multicast);
    checkHostListen(hostListen);
    if (transport.isEmpty()) {
      throw new ConfigurationException("transport is empty: set auto, tcp, ipc, aeron or rdma");
    }
    if (heartbeatTimeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new ConfigurationException(
          "heartbeat-timeout=" + heartbeatTimeout.toMillis() + "ms > 1h, lower it");
    }
  }

  /** Defaults: no workers, no key. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder()
        .workers(workers)
        .discover(discover)
        .hostListen(hostListen)
        .key(key)
        .heartbeatTimeout(heartbeatTimeout)
        .reconnectInterval(reconnectInterval)
        .unitTarget(unitTarget)
        .unitsInFlight(unitsInFlight)
        .chunkBytes(chunkBytes)
        .socketBufferBytes(socketBufferBytes)
        .workerMemoryBytes(workerMemoryBytes)
        .weight(weight)
        .idle(idle)
        .kernels(kernels)
        .transport(transport)
        .multicast(multicast)
        .aeron(aeron);
  }

  /**
   * Reads a HOCON file: an object {@code paceline} with the keys of the README's table; those not
   * given keep their defaults.
   *
   * @throws ConfigurationException naming file, line, key and what was expected
   */
  public static ClusterConfig load(Path file) {
    if (!file.toFile().isFile()) {
      throw new ConfigurationException(file + ": no such configuration file");
    }
    Config config;
    try {
      config = ConfigFactory.parseFile(file.toFile()).resolve();
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigurationException(e.getMessage(), e);
    }
    return ClusterConfigReader.read(file, config);
  }

  /** Whether workers may come that {@link #workers()} doesn't name. */
  public boolean expectsMore() {
    return discover || !hostListen.isEmpty();
  }

  private static void checkHostListen(String hostListen) {
    if (!hostListen.isEmpty()) {
      try {
        if (Endpoint.parse(hostListen).scheme().equals("tcp")) {
          return;
        }
      } catch (IllegalArgumentException e) {
        throw new ConfigurationException("host-listen: " + e.getMessage(), e);
      }
      throw new ConfigurationException(
          "host-listen=" + hostListen + ": workers dial over TCP only");
    }
  }

  /** A literal group address only: the name service has no say in where the scene is sent. */
  private static void checkMulticast(String multicast) {
    if (multicast.isEmpty() || multicast.equals("mdc")) {
      return;
    }
    try {
      Endpoint group = Endpoint.parse(multicast);
      boolean isGroup = group.host().equals("mdc") || isAeronGroup(group.host());
      boolean hasPort = multicast.endsWith(":" + group.port()) && group.port() > 0;
      if (isGroup && hasPort) {
        return;
      }
    } catch (IllegalArgumentException e) {
      throw badMulticast(multicast, e);
    }
    throw badMulticast(multicast, null);
  }

  /** Aeron sends data to odd addresses and takes the next even one for control. */
  private static boolean isAeronGroup(String host) {
    Matcher ipv4 = IPV4_GROUP.matcher(host);
    if (!ipv4.matches()) {
      return IPV6_GROUP.matcher(host).matches();
    }
    for (int part = 1; part <= ipv4.groupCount(); part++) {
      if (Integer.parseInt(ipv4.group(part)) > 255) {
        return false;
      }
    }
    return Integer.parseInt(ipv4.group(ipv4.groupCount())) % 2 == 1;
  }

  private static ConfigurationException badMulticast(String multicast, Exception cause) {
    return new ConfigurationException(
        "multicast="
            + multicast
            + " is neither GROUP:PORT with a multicast address that ends in an odd number, as in"
            + " 224.20.30.41:4712, nor mdc or mdc:PORT",
        cause);
  }

  private static void atLeast(String key, Duration value, Duration min) {
    if (value.compareTo(min) < 0) {
      throw new ConfigurationException(
          key + "=" + value.toMillis() + "ms < " + min.toMillis() + "ms, increase " + key);
    }
  }

  private static void inRange(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw new ConfigurationException(key + "=" + value + " is not in " + min + ".." + max);
    }
  }

  /** Collects settings; {@link #build()} validates them all. */
  public static final class Builder {
    private final List<Endpoint> workers = new ArrayList<>();
    private boolean discover;
    private String hostListen = "";
    private String key = "";
    private Duration heartbeatTimeout = Duration.ofSeconds(2);
    private Duration reconnectInterval = Duration.ofMillis(250);
    private Duration unitTarget = Duration.ofMillis(300);
    private int unitsInFlight = 3;
    private int chunkBytes = 1 << 20;
    private int socketBufferBytes = 0;
    private long workerMemoryBytes = 8L << 30;
    private int weight = 1;
    private IdleMode idle = IdleMode.BACKOFF;
    private String kernels = "auto";
    private String transport = DEFAULT_TRANSPORT;
    private String multicast = "";
    private AeronConfig aeron = AeronConfig.DEFAULTS;

    private Builder() {}

    /** Adds a worker to dial. */
    public Builder worker(Endpoint endpoint) {
      workers.add(endpoint);
      return this;
    }

    /** Adds workers to dial, as {@link HostList#parse} reads them: one, or a list. */
    public Builder worker(String endpoints) {
      workers.addAll(HostList.parse(endpoints));
      return this;
    }

    /** Sets the workers to dial, in place of any named before. */
    public Builder workers(List<Endpoint> value) {
      workers.clear();
      workers.addAll(value);
      return this;
    }

    /** Sets whether workers that nobody named are looked for. */
    public Builder discover(boolean value) {
      discover = value;
      return this;
    }

    /** Sets where workers may dial the host; empty for nowhere. */
    public Builder hostListen(String value) {
      hostListen = value;
      return this;
    }

    /** Sets the shared secret. */
    public Builder key(String value) {
      key = value;
      return this;
    }

    /** Sets the silence after which a peer is lost. */
    public Builder heartbeatTimeout(Duration value) {
      heartbeatTimeout = value;
      return this;
    }

    /** Sets the pause between attempts to reach a worker. */
    public Builder reconnectInterval(Duration value) {
      reconnectInterval = value;
      return this;
    }

    /** Sets the aimed-at duration of a unit. */
    public Builder unitTarget(Duration value) {
      unitTarget = value;
      return this;
    }

    /** Sets how many units a worker holds. */
    public Builder unitsInFlight(int value) {
      unitsInFlight = value;
      return this;
    }

    /** Sets the chunk size. */
    public Builder chunkBytes(int value) {
      chunkBytes = value;
      return this;
    }

    /** Sets the socket buffer size. */
    public Builder socketBufferBytes(int value) {
      socketBufferBytes = value;
      return this;
    }

    /** Sets a worker's memory budget for scenes. */
    public Builder workerMemoryBytes(long value) {
      workerMemoryBytes = value;
      return this;
    }

    /** Sets a session's part of a worker that it shares with others. */
    public Builder weight(int value) {
      weight = value;
      return this;
    }

    /** Sets what idle threads do. */
    public Builder idle(IdleMode value) {
      idle = value;
      return this;
    }

    /** Sets the kernels' instruction set level. */
    public Builder kernels(String value) {
      kernels = value;
      return this;
    }

    /** Sets what to go on with after meeting a worker over TCP. */
    public Builder transport(String value) {
      transport = value;
      return this;
    }

    /** Sets how to send to all workers at once: a group and port, mdc, or nothing. */
    public Builder multicast(String value) {
      multicast = value;
      return this;
    }

    AeronConfig aeron() {
      return aeron;
    }

    /** Sets the Aeron transport's settings. */
    public Builder aeron(AeronConfig value) {
      aeron = value;
      return this;
    }

    /**
     * Validates.
     *
     * @throws ConfigurationException with both values and the setting to change
     */
    public ClusterConfig build() {
      return new ClusterConfig(
          workers,
          discover,
          hostListen,
          key,
          heartbeatTimeout,
          reconnectInterval,
          unitTarget,
          unitsInFlight,
          chunkBytes,
          socketBufferBytes,
          workerMemoryBytes,
          weight,
          idle,
          kernels,
          transport,
          multicast,
          aeron);
    }
  }
}
