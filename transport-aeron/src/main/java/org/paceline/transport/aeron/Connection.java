// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import java.net.InetAddress;

/** Two streams, one each way, from the first attempt to have them until both are given back. */
interface Connection {
  /**
   * Goes on with connecting as far as that needs no waiting.
   *
   * @return whether the peer has shown that it speaks the same protocol; once true, no more calls
   * @throws RuntimeException if it can't be done, with a sentence's middle
   */
  boolean poll();

  /** Whether the peer has been heard of at all. */
  boolean isReached();

  /** What the peer did wrong while connecting; null if nothing. */
  String fault();

  /** Out; once connected. */
  ExclusivePublication publication();

  /** In; once connected. */
  Image image();

  /** The way to the peer; null for IPC. Once connected. */
  Route route();

  /** The peer's address; null for IPC. Once connected. */
  InetAddress remote();

  /**
   * Gives everything back.
   *
   * @param lost whether nobody is left to read what was accepted
   */
  void close(boolean lost);
}
