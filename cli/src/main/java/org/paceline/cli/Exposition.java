// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one reading of a metrics endpoint said.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus' text
 *     format</a>
 */
final class Exposition {
  /** One value with its labels. */
  record Sample(Map<String, String> labels, double value) {}

  /** What a peer says must not make a regular expression use up the stack. */
  private static final int LONGEST_LINE = 4096;

  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})?\\s+(\\S+)(?:\\s+\\S+)?");

  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]++|\\\\.)*+)\",?\\s*");

  private final Map<String, List<Sample>> samples = new HashMap<>();

  private Exposition() {}

  /**
   * Reads Prometheus' text format.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Exposition parse(String text) {
    Exposition exposition = new Exposition();
    text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(exposition::add);
    return exposition;
  }

  private void add(String line) {
    Matcher matcher = LINE.matcher(line);
    if (line.length() > LONGEST_LINE || !matcher.matches()) {
      throw new IllegalArgumentException("these are no metrics: '" + beginning(line) + "'");
    }
    Map<String, String> labels = matcher.group(2) == null ? Map.of() : labels(matcher.group(2));
    samples
        .computeIfAbsent(matcher.group(1), name -> new ArrayList<>())
        .add(new Sample(labels, number(matcher.group(3))));
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    Matcher matcher = LABEL.matcher(text);
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      labels.put(matcher.group(1), unescaped(matcher.group(2)));
      end = matcher.end();
    }
    if (end != text.length()) {
      throw new IllegalArgumentException("these are no labels: '" + beginning(text) + "'");
    }
    return labels;
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        c = text.charAt(i) == 'n' ? '\n' : text.charAt(i);
      }
      plain.append(c);
    }
    return plain.toString();
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static String beginning(String text) {
    return text.substring(0, Math.min(40, text.length()));
  }

  /** All values of a metric; none if it isn't there. */
  List<Sample> all(String name) {
    return samples.getOrDefault(name, List.of());
  }

  /** The value of a metric with that label. */
  OptionalDouble value(String name, String label, String key) {
    return all(name).stream()
        .filter(sample -> key.equals(sample.labels().get(label)))
        .mapToDouble(Sample::value)
        .findFirst();
  }

  /** The only value of a metric, or one of several. */
  OptionalDouble value(String name) {
    return all(name).stream().mapToDouble(Sample::value).findFirst();
  }

  /** What a label says on the first value of a metric. */
  Optional<String> label(String name, String label) {
    return all(name).stream()
        .flatMap(sample -> Optional.ofNullable(sample.labels().get(label)).stream())
        .findFirst();
  }
}
