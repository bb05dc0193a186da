// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;

/**
 * Linux fits the buffers of a connection to its round trip and rate, up to several MiB, unless a
 * program sets their sizes.
 */
@Timeout(60)
class SocketBuffersTest {
  @Test
  void theSystemFitsThemUnlessASizeIsSet() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = listener.socket().getLocalPort();
      try (SocketChannel plain = SocketChannel.open(listener.getLocalAddress());
          SocketChannel ours = connected(port, ClusterConfig.builder().build());
          SocketChannel sized =
              connected(port, ClusterConfig.builder().socketBufferBytes(16 << 10).build())) {
        assertEquals(receiveBuffer(plain), receiveBuffer(ours));
        assertEquals(
            plain.getOption(StandardSocketOptions.SO_SNDBUF),
            ours.getOption(StandardSocketOptions.SO_SNDBUF));
        assertTrue(receiveBuffer(sized) < receiveBuffer(plain), receiveBuffer(sized) + " bytes");
      }
    }
  }

  private static int receiveBuffer(SocketChannel socket) throws IOException {
    return socket.getOption(StandardSocketOptions.SO_RCVBUF);
  }

  private static SocketChannel connected(int port, ClusterConfig config) throws IOException {
    Endpoint endpoint = new Endpoint("tcp", "127.0.0.1", port);
    try (Connector connector = new Connector(endpoint, config.socketBufferBytes())) {
      SocketChannel socket = null;
      while (socket == null) {
        socket = connector.poll();
      }
      return socket;
    }
  }
}
