// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Two connected plain sockets over loopback, set up as the transport sets up its own. */
final class SocketPair implements AutoCloseable {
  final SocketChannel near;
  final SocketChannel far;

  SocketPair() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      near = SocketChannel.open();
      near.setOption(StandardSocketOptions.TCP_NODELAY, true);
      near.connect(listener.getLocalAddress());
      far = listener.accept();
      far.setOption(StandardSocketOptions.TCP_NODELAY, true);
      near.configureBlocking(false);
      far.configureBlocking(false);
    }
  }

  @Override
  public void close() throws IOException {
    near.close();
    far.close();
  }
}
