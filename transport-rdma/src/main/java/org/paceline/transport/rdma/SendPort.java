// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;

/** Where work for the peer is posted; it is carried out in order. */
interface SendPort {
  /** Work requests that can be on their way at a time; a power of two. */
  int DEPTH = 128;

  /** Whether one more can be posted. */
  boolean hasRoom();

  /** The number that the next one gets; they count from 0. */
  long next();

  /** Posts a SEND of bytes of this side's send buffer. */
  void send(int offset, int length, boolean signalled) throws IOException;

  /** Posts an RDMA WRITE. */
  void write(
      long address, int length, int localKey, long remoteAddress, int remoteKey, boolean signalled)
      throws IOException;
}
