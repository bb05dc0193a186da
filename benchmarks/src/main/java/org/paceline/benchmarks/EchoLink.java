// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.util.function.LongConsumer;

/** Sends messages of 64 bytes to a peer that spins and sends each straight back. */
interface EchoLink extends AutoCloseable {
  /** What one message holds, a time stamp and padding. */
  int MESSAGE_BYTES = 64;

  /** Sends a message with this stamp; false if there is no room now. */
  boolean send(long stamp) throws IOException;

  /**
   * Gives the stamps of the answers that are here to {@code onEcho}; how many there were. With
   * none, it gives way to the link's other threads where these need it.
   */
  int poll(LongConsumer onEcho) throws IOException;

  @Override
  void close() throws IOException;
}
