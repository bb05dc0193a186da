// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.protocol;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Mutual proof that both ends hold the cluster key: HMAC-SHA256 (RFC 2104) over the prover's role
 * and both nonces, so that nothing recorded or reflected is worth anything.
 */
public final class KeyProof {
  /** Bytes of a nonce. */
  public static final int NONCE_BYTES = 16;

  /** Bytes of a proof. */
  public static final int PROOF_BYTES = 32;

  private static final SecureRandom RANDOM = new SecureRandom();

  private KeyProof() {}

  /** A fresh nonce. */
  public static byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  /** The host's proof. */
  public static byte[] ofHost(String key, byte[] workerNonce, byte[] hostNonce) {
    return proof(key, "host", workerNonce, hostNonce);
  }

  /** The worker's proof. */
  public static byte[] ofWorker(String key, byte[] workerNonce, byte[] hostNonce) {
    return proof(key, "worker", workerNonce, hostNonce);
  }

  /** The host's proof for a wish to go on over another transport. */
  public static byte[] ofListen(String key, String scheme, byte[] workerNonce, byte[] hostNonce) {
    return proof(key, "listen " + scheme, workerNonce, hostNonce);
  }

  /** The worker's proof for the port that it then listens at. */
  public static byte[] ofListening(String key, int port, byte[] workerNonce, byte[] hostNonce) {
    return proof(key, "listening " + port, workerNonce, hostNonce);
  }

  /** Compares in constant time. */
  public static boolean matches(byte[] expected, byte[] given) {
    return MessageDigest.isEqual(expected, given);
  }

  private static byte[] proof(String key, String role, byte[] workerNonce, byte[] hostNonce) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      // a prefix, because an HMAC key must not be empty and no key is a key of length 0 here
      mac.init(
          new SecretKeySpec(("paceline:" + key).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update(role.getBytes(StandardCharsets.UTF_8));
      mac.update(workerNonce);
      return mac.doFinal(hostNonce);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
