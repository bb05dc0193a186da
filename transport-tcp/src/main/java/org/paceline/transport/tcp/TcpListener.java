// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.agrona.CloseHelper;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts TCP channels. */
final class TcpListener implements Listener {
  private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

  private final ServerSocketChannel socket;
  private final Endpoint endpoint;
  private final ClusterConfig config;
  private boolean failing;

  TcpListener(ServerSocketChannel socket, Endpoint asked, ClusterConfig config) throws IOException {
    this.socket = socket;
    int port = ((InetSocketAddress) socket.getLocalAddress()).getPort();
    this.endpoint = new Endpoint(asked.scheme(), asked.host(), port);
    this.config = config;
  }

  @Override
  public Channel accept() {
    if (!socket.isOpen()) {
      return null;
    }
    SocketChannel accepted = null;
    try {
      accepted = socket.accept();
      if (accepted == null) {
        return null;
      }
      failing = false;
      accepted.configureBlocking(false);
      accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
      accepted.setOption(StandardSocketOptions.SO_SNDBUF, config.socketBufferBytes());
      InetSocketAddress peer = (InetSocketAddress) accepted.getRemoteAddress();
      String name =
          new Endpoint(endpoint.scheme(), peer.getAddress().getHostAddress(), peer.getPort())
              .toString();
      return TcpChannel.accepted(accepted, name, config);
    } catch (IOException e) {
      CloseHelper.quietClose(accepted);
      // A peer that left before it was accepted, or no file descriptor left: the latter repeats.
      if (!failing) {
        failing = true;
        LOG.warn("accepting on {} failed: {}", endpoint, e.getMessage());
      }
      return null;
    }
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    CloseHelper.quietClose(socket);
  }
}
