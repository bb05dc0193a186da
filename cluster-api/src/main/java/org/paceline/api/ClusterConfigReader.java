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
import org.paceline.api.transport.Endpoint;

/** Turns a parsed HOCON file into a {@link ClusterConfig}, with errors that point at the line. */
final class ClusterConfigReader {
  /** Sets one key; {@code at} holds only that key. */
  @FunctionalInterface
  private interface Setter {
    void set(ClusterConfig.Builder builder, Config at, String key);
  }

  private record Setting(String expected, Setter setter) {}

  private static final Map<String, Setting> SETTINGS = new TreeMap<>();

  static {
    SETTINGS.put(
        "workers",
        new Setting(
            "a list of host:port, as in [\"render1:4711\", \"render2:4711\"]",
            (b, c, k) -> c.getStringList(k).forEach(worker -> b.worker(Endpoint.parse(worker)))));
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
    SETTINGS.put(
        "idle",
        new Setting(
            "one of busy-spin, yield, backoff, sleep",
            (b, c, k) ->
                b.idle(
                    IdleMode.valueOf(c.getString(k).toUpperCase(Locale.ROOT).replace('-', '_')))));
    SETTINGS.put(
        "kernels",
        new Setting(
            "auto or an instruction set level, as in sse41",
            (b, c, k) -> b.kernels(c.getString(k))));
  }

  private ClusterConfigReader() {}

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
    ((ConfigObject) root).forEach((key, value) -> apply(file, builder, key, value));
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
      setting.setter.set(builder, value.atKey(key), key);
    } catch (ConfigException | IllegalArgumentException e) {
      String detail = e instanceof ConfigException ? "" : " (" + e.getMessage() + ")";
      throw new ConfigurationException(
          where + " = " + shown(value) + ": expected " + setting.expected + detail, e);
    }
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
