// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

/** What a host has sent and been sent. */
final class Traffic {
  private long messagesFromHost;
  private long messagesToHost;
  private long bytesFromHost;
  private long bytesToHost;

  void messages(boolean fromHost) {
    messagesFromHost += fromHost ? 1 : 0;
    messagesToHost += fromHost ? 0 : 1;
  }

  void bytes(boolean fromHost, long bytes) {
    bytesFromHost += fromHost ? bytes : 0;
    bytesToHost += fromHost ? 0 : bytes;
  }

  long messages() {
    return messagesFromHost + messagesToHost;
  }

  long bytesFromHost() {
    return bytesFromHost;
  }

  long bytesToHost() {
    return bytesToHost;
  }
}
