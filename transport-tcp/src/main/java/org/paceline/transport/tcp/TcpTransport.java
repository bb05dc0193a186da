// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import org.agrona.CloseHelper;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.ListenAddress;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

/**
 * Moves bytes over TCP; the scheme is {@code tcp}.
 *
 * <p>Without a cluster key it listens on loopback addresses only. Several addresses of one name are
 * tried in turn when connecting; listening takes the first. A peer that has not connected and shown
 * the right protocol version within the heartbeat timeout, or a second if that is longer, is given
 * up.
 */
public final class TcpTransport implements Transport {
  /** What a configuration calls this transport. */
  public static final String SCHEME = "tcp";

  private static final int BACKLOG = 1024;

  /** A transport; it has no state. */
  public TcpTransport() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public Channel connect(Endpoint endpoint, ClusterConfig config) {
    checkScheme(endpoint);
    MemoryWindows.require();
    if (endpoint.port() == 0) {
      throw new TransportException(
          "can't connect to " + endpoint + ": name the port the worker listens on");
    }
    return TcpChannel.connecting(endpoint, config);
  }

  @Override
  public Listener listen(Endpoint endpoint, ClusterConfig config) {
    checkScheme(endpoint);
    MemoryWindows.require();
    InetAddress address = ListenAddress.of(endpoint, config);
    ServerSocketChannel socket = null;
    try {
      socket = ServerSocketChannel.open();
      socket.configureBlocking(false);
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      if (config.socketBufferBytes() > 0) {
        // Accepted sockets inherit it; set later, it could not change the window scale any more.
        socket.setOption(StandardSocketOptions.SO_RCVBUF, config.socketBufferBytes());
      }
      socket.bind(new InetSocketAddress(address, endpoint.port()), BACKLOG);
      return new TcpListener(socket, endpoint, config);
    } catch (IOException e) {
      CloseHelper.quietClose(socket);
      throw ListenAddress.unavailable(endpoint, e);
    }
  }

  private static void checkScheme(Endpoint endpoint) {
    if (!endpoint.scheme().equals(SCHEME)) {
      throw new TransportException(
          endpoint + " is not for the TCP transport: write it as host:port or tcp://host:port");
    }
  }
}
