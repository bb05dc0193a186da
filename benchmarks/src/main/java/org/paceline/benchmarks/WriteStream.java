// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;

/** Sends pieces of one size to a peer that takes them as fast as it can. */
interface WriteStream extends AutoCloseable {
  /** Sends one piece; may leave up to a socket buffer's worth unsent. */
  void send() throws IOException;

  /** Returns when the peer has everything. */
  void finish() throws IOException;

  @Override
  void close() throws IOException;
}
