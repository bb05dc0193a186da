// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.CompletionException;
import org.agrona.CloseHelper;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.HostAddresses;
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
    if (endpoint.port() == 0) {
      throw new TransportException(
          "can't connect to " + endpoint + ": name the port the worker listens on");
    }
    return TcpChannel.connecting(endpoint, config);
  }

  @Override
  public Listener listen(Endpoint endpoint, ClusterConfig config) {
    checkScheme(endpoint);
    InetAddress address = localAddress(endpoint);
    if (!address.isLoopbackAddress() && config.key().isEmpty()) {
      throw new TransportException(
          "won't listen on "
              + endpoint
              + " without a cluster key, because other machines can reach it: set paceline.key or"
              + " --key-file on the host and on its workers, or listen on localhost");
    }
    ServerSocketChannel socket = null;
    try {
      socket = ServerSocketChannel.open();
      socket.configureBlocking(false);
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      // Accepted sockets inherit it; set later, it could not change the window scale any more.
      socket.setOption(StandardSocketOptions.SO_RCVBUF, config.socketBufferBytes());
      socket.bind(new InetSocketAddress(address, endpoint.port()), BACKLOG);
      return new TcpListener(socket, endpoint, config);
    } catch (IOException e) {
      CloseHelper.quietClose(socket);
      throw new TransportException("can't listen on " + endpoint + ": " + cause(e), e);
    }
  }

  private static void checkScheme(Endpoint endpoint) {
    if (!endpoint.scheme().equals(SCHEME)) {
      throw new TransportException(
          endpoint + " is not for the TCP transport: write it as host:port or tcp://host:port");
    }
  }

  private static InetAddress localAddress(Endpoint endpoint) {
    try {
      return HostAddresses.resolve(endpoint.host()).join()[0];
    } catch (CompletionException e) {
      throw new TransportException(
          "can't listen on "
              + endpoint
              + ": no address is known for the name "
              + endpoint.host()
              + "; use an address of this machine",
          e.getCause());
    }
  }

  private static String cause(IOException e) {
    if (!(e instanceof BindException)) {
      return e.getMessage();
    }
    String text = String.valueOf(e.getMessage());
    if (text.contains("in use")) {
      return "the port is taken; stop what listens there or choose another port (0 takes a free"
          + " one)";
    }
    if (text.contains("assign")) {
      return "that is no address of this machine; use one that is, or 0.0.0.0 for all";
    }
    return text;
  }
}
