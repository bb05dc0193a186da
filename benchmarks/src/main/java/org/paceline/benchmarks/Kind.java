// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;

/** Who moves the bytes. */
public enum Kind {
  /** Paceline's TCP transport. */
  PACELINE,
  /** Plain sockets from Java. */
  RAW_NIO;

  WriteStream writeStream(int sizeBytes) throws IOException {
    return this == PACELINE ? new RegionWriteStream(sizeBytes) : new RawWriteStream(sizeBytes);
  }

  EchoLink echoLink() throws IOException {
    return this == PACELINE ? new MessageEchoLink() : new RawEchoLink();
  }
}
