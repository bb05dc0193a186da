// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.paceline.api.FilmLayout;
import org.paceline.api.RenderRequest;

/**
 * What a checkpoint is of: lines of text at its start, which must be equal for its samples to
 * belong to a render.
 */
public final class CheckpointHeader {
  private static final String TITLE = "paceline checkpoint ";
  private static final String VERSION = "1";
  private static final String SEPARATOR = ": ";
  private static final String END = "\n\n";
  private static final String SCENE = "scene";

  private final Map<String, String> facts;

  private CheckpointHeader(Map<String, String> facts) {
    this.facts = facts;
  }

  /**
   * The header of a render's checkpoints.
   *
   * @param scene equal for equal scenes only
   * @param renderer who renders it, and how, as far as that changes pixels
   */
  public static CheckpointHeader of(String scene, String renderer, RenderRequest request) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("renderer", line(renderer));
    facts.put("size", request.width() + "x" + request.height());
    facts.put("samples", String.valueOf(request.samples()));
    facts.put("film", line(described(request.layout())));
    facts.put(SCENE, line(scene));
    facts.put("byte order", ByteOrder.nativeOrder().toString());
    return new CheckpointHeader(facts);
  }

  private static String described(FilmLayout layout) {
    return layout.stride()
        + " floats per pixel"
        + layout.passes().stream()
            .map(
                pass ->
                    ", "
                        + pass.name()
                        + " "
                        + pass.offset()
                        + "+"
                        + pass.components()
                        + " "
                        + pass.rule())
            .collect(Collectors.joining());
  }

  private static String line(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /** Its bytes in a file. */
  byte[] encode() {
    return facts.entrySet().stream()
        .map(fact -> fact.getKey() + SEPARATOR + fact.getValue())
        .collect(Collectors.joining("\n", TITLE + VERSION + "\n", END))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Length of the header that a file starts with; negative if there is none in these bytes. */
  static int encodedLength(byte[] start) {
    // one char for each byte, so that lengths agree
    String text = new String(start, StandardCharsets.ISO_8859_1);
    int end = text.indexOf(END);
    return end < 0 || !text.startsWith(TITLE) ? -1 : end + END.length();
  }

  /** The header that {@link #encode} made; whatever else it is given, it throws nothing. */
  static CheckpointHeader decode(byte[] encoded) {
    Map<String, String> facts =
        new String(encoded, StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.split(SEPARATOR, 2))
            .filter(parts -> parts.length == 2)
            .collect(
                Collectors.toMap(
                    parts -> parts[0],
                    parts -> parts[1],
                    (first, second) -> second,
                    LinkedHashMap::new));
    return new CheckpointHeader(facts);
  }

  /** In what a checkpoint with {@code other} differs from this; for people. */
  String difference(CheckpointHeader other) {
    return facts.entrySet().stream()
        .filter(fact -> !fact.getValue().equals(other.facts.get(fact.getKey())))
        .map(fact -> difference(fact.getKey(), other.facts.get(fact.getKey()), fact.getValue()))
        .findFirst()
        .orElse("another version of Paceline wrote it");
  }

  /** A scene's identity is a number that tells nobody anything. */
  private static String difference(String name, String theirs, String ours) {
    return name.equals(SCENE)
        ? "its scene is another one, or has changed since"
        : "its "
            + name
            + " is '"
            + (theirs == null ? "unknown" : theirs)
            + "', and this one's is '"
            + ours
            + "'";
  }
}
