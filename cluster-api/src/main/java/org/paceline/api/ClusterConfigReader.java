// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Turns a parsed HOCON file into a {@link ClusterConfig}, with errors that point at the line. */
final class ClusterConfigReader {
  /** Sets one key; {@code at} holds only that key. */
  @FunctionalInterface
  private interface Setter {
    void set(ClusterConfig.Builder builder, Config at, String key);
  }

  private record Setting(String expected, Setter setter) {}

  /** Sets one of Aeron's keys; {@code at} holds only that key. */
  @FunctionalInterface
  private interface AeronSetter {
    AeronConfig set(AeronConfig aeron, Config at, String key);
  }

  /** The object that Aeron's keys stand in. */
  private static final String AERON = "aeron";

  /** What the key of the one value is called that a setter is handed; any name does. */
  private static final String AT = "value";

  private static final String IDLE_EXPECTED = "one of busy-spin, yield, backoff, sleep";

  private static final Map<String, Setting> SETTINGS = new TreeMap<>();

  static {
    SETTINGS.put(
        "workers",
        new Setting(
            "a list of host:port, as in [\"render1:4711\", \"node[01-16]:4711\"]",
            (b, c, k) -> c.getStringList(k).forEach(b::worker)));
    SETTINGS.put(
        "discover", new Setting("true or false", (b, c, k) -> b.discover(c.getBoolean(k))));
    SETTINGS.put(
        "host-listen",
        new Setting("host:port, or nothing", (b, c, k) -> b.hostListen(c.getString(k))));
    SETTINGS.put("key", new Setting("a string", (b, c, k) -> b.key(c.getString(k))));
    SETTINGS.put(
        "heartbeat-timeout",
        new Setting("a duration, as in 2s", (b, c, k) -> b.heartbeatTimeout(c.getDuration(k))));
    SETTINGS.put(
        "reconnect-interval",
        new Setting("a duration, as in 250ms", (b, c, k) -> b.reconnectInterval(c.getDuration(k))));
    SETTINGS.put(
        "unit-target",
        new Setting("a duration, as in 150ms", (b, c, k) -> b.unitTarget(c.getDuration(k))));
    SETTINGS.put(
        "units-in-flight", new Setting("a number", (b, c, k) -> b.unitsInFlight(c.getInt(k))));
    SETTINGS.put(
        "chunk-size", new Setting("a size, as in 1MiB", (b, c, k) -> b.chunkBytes(size(c, k))));
    SETTINGS.put(
        "socket-buffer",
        new Setting("a size, as in 4MiB", (b, c, k) -> b.socketBufferBytes(size(c, k))));
    SETTINGS.put(
        "worker-memory",
        new Setting("a size, as in 8GiB", (b, c, k) -> b.workerMemoryBytes(c.getBytes(k))));
    SETTINGS.put("weight", new Setting("a number", (b, c, k) -> b.weight(c.getInt(k))));
    SETTINGS.put(
        "idle",
        new Setting(IDLE_EXPECTED, (b, c, k) -> b.idle(constant(IdleMode.class, c.getString(k)))));
    SETTINGS.put(
        "kernels",
        new Setting(
            "auto or an instruction set level, as in sse41",
            (b, c, k) -> b.kernels(c.getString(k))));
    SETTINGS.put(
        "transport",
        new Setting("auto, tcp, ipc, aeron or rdma", (b, c, k) -> b.transport(c.getString(k))));
    SETTINGS.put(
        "multicast",
        new Setting(
            "GROUP:PORT, as in 224.20.30.41:4712, or mdc or mdc:PORT",
            (b, c, k) -> b.multicast(c.getString(k))));
    aeron("directory", "a path", (a, c, k) -> a.withDirectory(c.getString(k)));
    aeron(
        "threading",
        "one of shared, shared-network, dedicated",
        (a, c, k) -> a.withThreading(constant(AeronConfig.Threading.class, c.getString(k))));
    aeron("term-length", "a size, as in 4MiB", (a, c, k) -> a.withTermBytes(size(c, k)));
    aeron("mtu", "a number of bytes, or 0", (a, c, k) -> a.withMtuBytes(size(c, k)));
    aeron("host-port", "a UDP port, or 0", (a, c, k) -> a.withHostPort(c.getInt(k)));
    aeron("idle", IDLE_EXPECTED, (a, c, k) -> a.withIdle(constant(IdleMode.class, c.getString(k))));
  }

  private ClusterConfigReader() {}

  private static void aeron(String key, String expected, AeronSetter setter) {
    SETTINGS.put(
        AERON + "." + key,
        new Setting(expected, (builder, c, k) -> builder.aeron(setter.set(builder.aeron(), c, k))));
  }

  static ClusterConfig read(Path file, Config config) {
    ConfigValue root = config.root().get(ClusterConfig.ROOT);
    if (root == null || root.valueType() != ConfigValueType.OBJECT) {
      throw new ConfigurationException(
          where(file, root == null ? config.origin() : root.origin())
              + ": expected an object '"
              + ClusterConfig.ROOT
              + " { ... }'");
    }
    ClusterConfig.Builder builder = ClusterConfig.builder();
    ((ConfigObject) root)
        .forEach(
            (key, value) -> {
              if (key.equals(AERON) && value instanceof ConfigObject object) {
                object.forEach((inner, v) -> apply(file, builder, AERON + "." + inner, v));
              } else {
                apply(file, builder, key, value);
              }
            });
    try {
      return builder.build();
    } catch (ConfigurationException e) {
      throw new ConfigurationException(where(file, root.origin()) + ": " + e.getMessage(), e);
    }
  }

  private static void apply(
      Path file, ClusterConfig.Builder builder, String key, ConfigValue value) {
    String where = where(file, value.origin()) + ": " + ClusterConfig.ROOT + "." + key;
    Setting setting = SETTINGS.get(key);
    if (setting == null) {
      throw new ConfigurationException(
          where + " is unknown; known are " + String.join(", ", SETTINGS.keySet()));
    }
    try {
      setting.setter.set(builder, value.atKey(AT), AT);
    } catch (ConfigurationException e) {
      throw new ConfigurationException(where + ": " + e.getMessage(), e);
    } catch (ConfigException | IllegalArgumentException e) {
      String detail = e instanceof ConfigException ? "" : " (" + e.getMessage() + ")";
      throw new ConfigurationException(
          where + " = " + shown(value) + ": expected " + setting.expected + detail, e);
    }
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static int size(Config config, String key) {
    long bytes = config.getBytes(key);
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(bytes + " bytes is more than 2 GiB");
    }
    return (int) bytes;
  }

  private static String shown(ConfigValue value) {
    Object plain = value.unwrapped();
    return plain instanceof Object[] array ? Arrays.toString(array) : String.valueOf(plain);
  }

  private static String where(Path file, ConfigOrigin origin) {
    return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file.toString();
  }
}
