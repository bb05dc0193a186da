// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What an announcement says besides name, address and port, as keys and values of a DNS-SD TXT
 * record.
 *
 * @param id of the announcement, 16 hexadecimal digits; empty where a stranger made it
 */
record Announced(String id, WorkerProfile profile, WorkerLoad load) {
  private static final String FORMAT = "txtvers";
  private static final String CURRENT_FORMAT = "1";
  private static final String ID = "id";
  private static final String VERSION = "version";
  private static final String DEVICE = "device";
  private static final String CORES = "cores";
  private static final String TRANSPORTS = "transports";
  private static final String KEY_FINGERPRINT = "key";
  private static final String METRICS = "metrics";
  private static final String BUSY = "busy";
  private static final String SAMPLES_PER_SECOND = "rate";

  Map<String, String> toText() {
    Map<String, String> text = new LinkedHashMap<>();
    text.put(FORMAT, CURRENT_FORMAT);
    text.put(ID, id);
    text.put(VERSION, profile.version());
    text.put(DEVICE, profile.device());
    text.put(CORES, Integer.toString(profile.cores()));
    text.put(TRANSPORTS, String.join(" ", profile.transports()));
    text.put(KEY_FINGERPRINT, profile.keyFingerprint());
    text.put(METRICS, Integer.toString(profile.metricsPort()));
    text.put(BUSY, load.busy() ? "1" : "0");
    text.put(SAMPLES_PER_SECOND, Long.toString(load.samplesPerSecond()));
    return text;
  }

  /**
   * Reads it back. Only {@code txtvers} is needed: people may publish a worker by other means.
   *
   * @param text value by key; null where there is none
   * @return empty for what isn't a worker's or is nonsense
   */
  static Optional<Announced> parse(String name, UnaryOperator<String> text) {
    if (!CURRENT_FORMAT.equals(text.apply(FORMAT))) {
      return Optional.empty();
    }
    try {
      String id = value(text, ID, "");
      if (!id.matches("([0-9a-f]{16})?")) {
        return Optional.empty();
      }
      WorkerProfile profile =
          new WorkerProfile(
              name,
              value(text, VERSION, ""),
              value(text, DEVICE, ""),
              Integer.parseInt(value(text, CORES, "0")),
              words(value(text, TRANSPORTS, "tcp")),
              value(text, KEY_FINGERPRINT, ""),
              Integer.parseInt(value(text, METRICS, "0")));
      long rate = Long.parseLong(value(text, SAMPLES_PER_SECOND, "0"));
      return Optional.of(
          new Announced(id, profile, new WorkerLoad("1".equals(text.apply(BUSY)), rate)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String value(UnaryOperator<String> text, String key, String missing) {
    String value = text.apply(key);
    return value == null ? missing : value;
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(" ", WorkerProfile.MAX_TRANSPORTS + 2))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
