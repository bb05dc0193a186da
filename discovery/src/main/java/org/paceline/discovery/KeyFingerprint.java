// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A number that is equal where cluster keys are, by which a host skips workers it could not talk to
 * anyway. It proves nothing: everybody on the network sees it. A key that can be guessed can be
 * guessed from it, too, so keys must be random, not words.
 */
public final class KeyFingerprint {
  private static final String LABEL = "paceline discovery: fingerprint of a cluster key\n";
  private static final int BYTES = 8;

  private KeyFingerprint() {}

  /** 16 hexadecimal digits; empty for the empty key. */
  public static String of(String key) {
    if (key.isEmpty()) {
      return "";
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((LABEL + key).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
