// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;

/** Who moves the bytes. */
public enum Kind {
  /** Paceline's TCP transport. */
  TCP("tcp"),
  /** Plain sockets from Java. */
  RAW_NIO("NIO sockets"),
  /** Paceline's Aeron transport over UDP. */
  AERON("aeron"),
  /** Aeron itself over UDP. */
  RAW_AERON("Aeron UDP"),
  /** Paceline's Aeron transport through shared memory. */
  IPC("ipc"),
  /** Aeron itself through shared memory. */
  RAW_IPC("Aeron IPC");

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  /** Paceline's kinds go by their scheme, the others by the name of what they use. */
  String label() {
    return label;
  }

  boolean isPaceline() {
    return this == TCP || this == AERON || this == IPC;
  }

  /** What one of Paceline's kinds is built on, without Paceline. */
  Kind baseline() {
    return switch (this) {
      case TCP, RAW_NIO -> RAW_NIO;
      case AERON, RAW_AERON -> RAW_AERON;
      case IPC, RAW_IPC -> RAW_IPC;
    };
  }

  WriteStream writeStream(int sizeBytes) throws IOException {
    return switch (this) {
      case TCP, AERON, IPC -> new RegionWriteStream(new ChannelPair(this), sizeBytes);
      case RAW_NIO -> new RawWriteStream(sizeBytes);
      case RAW_AERON -> new AeronWriteStream(AeronPair.udp(), sizeBytes);
      case RAW_IPC -> new AeronWriteStream(AeronPair.ipc(), sizeBytes);
    };
  }

  /** Through shared memory the far end is a process of its own. */
  EchoLink echoLink() throws IOException, InterruptedException {
    return switch (this) {
      case TCP, AERON -> MessageEchoLink.of(new ChannelPair(this));
      case IPC -> EchoProcess.ipc();
      case RAW_NIO -> new RawEchoLink();
      case RAW_AERON -> AeronEchoLink.of(AeronPair.udp());
      case RAW_IPC -> EchoProcess.rawIpc();
    };
  }
}
