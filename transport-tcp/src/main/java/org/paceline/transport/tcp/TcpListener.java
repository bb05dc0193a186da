// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.agrona.CloseHelper;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Sockets;
import org.paceline.api.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts TCP channels. */
final class TcpListener implements Listener {
  private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

  private final ServerSocketChannel socket;
  private final Endpoint endpoint;
  private final ClusterConfig config;
  private Sockets sockets;

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
    SocketChannel accepted;
    try {
      accepted = socket.accept();
    } catch (IOException e) {
      throw new TransportException(
          "a connection to "
              + endpoint
              + " can't be accepted: "
              + e.getMessage()
              + "; if files are meant, raise ulimit -n",
          e);
    }
    return accepted == null ? null : channel(accepted);
  }

  /** A channel over it; null if the peer has left already. */
  private Channel channel(SocketChannel accepted) {
    try {
      accepted.configureBlocking(false);
      accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (config.socketBufferBytes() > 0) {
        accepted.setOption(StandardSocketOptions.SO_SNDBUF, config.socketBufferBytes());
      }
      InetSocketAddress peer = (InetSocketAddress) accepted.getRemoteAddress();
      String name =
          new Endpoint(endpoint.scheme(), peer.getAddress().getHostAddress(), peer.getPort())
              .toString();
      TcpChannel channel = TcpChannel.accepted(accepted, name, config);
      if (sockets != null) {
        channel.watch(sockets);
      }
      return channel;
    } catch (IOException e) {
      LOG.debug("a peer of {} left at once: {}", endpoint, e.getMessage());
      CloseHelper.quietClose(accepted);
      return null;
    }
  }

  @Override
  public boolean watch(Sockets of) {
    sockets = of;
    try {
      of.add(socket, SelectionKey.OP_ACCEPT, operations -> {});
    } catch (ClosedChannelException e) {
      LOG.debug("nobody comes to {} any more", endpoint);
    }
    return true;
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    CloseHelper.quietClose(socket);
    if (sockets != null) {
      sockets.closed();
    }
  }
}
