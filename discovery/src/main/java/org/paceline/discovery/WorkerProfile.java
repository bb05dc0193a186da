// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.paceline.api.transport.PeerText;

/**
 * What a worker says about itself. What a stranger announced may be a lie; a session's handshake
 * tells.
 *
 * @param name what people call it, 1..63 bytes in UTF-8
 * @param version Paceline's, or empty if it doesn't say
 * @param device what it renders with, for people, or empty
 * @param cores render threads, or 0 if it doesn't say
 * @param transports schemes that it accepts, for example {@code tcp} and {@code aeron}
 * @param keyFingerprint {@link KeyFingerprint} of its cluster key; empty without a key
 * @param metricsPort where it serves metrics over HTTP, at the address at which it is reached; 0 if
 *     it doesn't
 */
public record WorkerProfile(
    String name,
    String version,
    String device,
    int cores,
    List<String> transports,
    String keyFingerprint,
    int metricsPort) {
  /** Longest name in bytes: a DNS label. */
  static final int MAX_NAME_BYTES = 63;

  /** Longest other text in characters, of 3 bytes at most; a TXT string has 255 with its key. */
  static final int MAX_TEXT = 80;

  static final int MAX_CORES = 1 << 20;
  static final int MAX_TRANSPORTS = 8;
  private static final int MAX_PORT = 65_535;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public WorkerProfile {
    checkText("name", name, MAX_NAME_BYTES);
    if (name.isBlank() || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "name '" + name + "' is not of 1.." + MAX_NAME_BYTES + " bytes");
    }
    checkText("version", version, MAX_TEXT);
    checkText("device", device, MAX_TEXT);
    if (cores < 0 || cores > MAX_CORES) {
      throw new IllegalArgumentException("cores=" + cores + " is not in 0.." + MAX_CORES);
    }
    transports = List.copyOf(transports);
    if (transports.size() > MAX_TRANSPORTS
        || !transports.stream().allMatch(scheme -> scheme.matches("[a-z][a-z0-9]{0,15}"))) {
      throw new IllegalArgumentException(
          "transports " + transports + " are not at most " + MAX_TRANSPORTS + " schemes like tcp");
    }
    if (!keyFingerprint.matches("([0-9a-f]{16})?")) {
      throw new IllegalArgumentException(
          "key fingerprint '" + keyFingerprint + "' is neither 16 hexadecimal digits nor empty");
    }
    if (metricsPort < 0 || metricsPort > MAX_PORT) {
      throw new IllegalArgumentException(
          "metricsPort=" + metricsPort + " is not in 0.." + MAX_PORT);
    }
  }

  WorkerProfile withName(String other) {
    return new WorkerProfile(
        other, version, device, cores, transports, keyFingerprint, metricsPort);
  }

  private static void checkText(String what, String text, int limit) {
    if (text.length() > limit) {
      throw new IllegalArgumentException(
          what + " has " + text.length() + " characters, more than " + limit);
    }
    if (!PeerText.isPrintable(text)) {
      throw new IllegalArgumentException(what + " holds characters that can't be printed");
    }
  }

  /** A device's description as an announcement holds it: cut, and nothing in it unprintable. */
  public static String shortened(String description) {
    return PeerText.of(description, MAX_TEXT);
  }
}
