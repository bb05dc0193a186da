// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import org.paceline.core.protocol.KeyProof;
import org.paceline.core.scene.HashWarmUp;

/**
 * Runs once, early, what a first session would otherwise wait for: loading the crypto provider and
 * JNA's library, and compiling the hash.
 */
public final class WarmUp {
  private WarmUp() {}

  /** Takes some tens of milliseconds the first time in a process. */
  public static void run() {
    byte[] nonce = KeyProof.nonce();
    KeyProof.ofHost("", nonce, nonce);
    HashWarmUp.run();
  }
}
