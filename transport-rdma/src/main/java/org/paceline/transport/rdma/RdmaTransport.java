// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

/**
 * Moves bytes over InfiniBand or RoCE; the scheme is {@code rdma}.
 *
 * <p>It listens only with a cluster key, because devices have no loopback address. Of several
 * addresses of one name the first of IPv4 is taken. A peer that has not connected and shown the
 * right protocol version within the heartbeat timeout, or a second if that is longer, is given up.
 *
 * <p>What was sent last before a JVM ends may not get out if the network loses some of it.
 */
public final class RdmaTransport implements Transport {
  /** What a configuration calls this transport. */
  public static final String SCHEME = "rdma";

  private static final String USE_ANOTHER =
      "use one of those that the commands rdma link and ip address tell, or 0.0.0.0 for all";

  /** A transport; it has no state. */
  public RdmaTransport() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public Optional<String> unavailable() {
    return Availability.obstacle();
  }

  @Override
  public Channel connect(Endpoint endpoint, ClusterConfig config) {
    checkScheme(endpoint);
    if (endpoint.port() == 0) {
      throw new TransportException(
          "can't connect to " + endpoint + ": name the port the worker listens on");
    }
    requireAvailable("can't connect to ", endpoint);
    return new RdmaChannel(Connection.dial(endpoint), endpoint.toString(), config);
  }

  @Override
  public Listener listen(Endpoint endpoint, ClusterConfig config) {
    checkScheme(endpoint);
    requireAvailable("can't listen on ", endpoint);
    InetAddress address = localAddress(endpoint);
    if (address.isLoopbackAddress()) {
      // The system would let it, but nobody could connect.
      throw new TransportException(
          "can't listen on "
              + endpoint
              + ": an RDMA device has no loopback address; "
              + USE_ANOTHER);
    }
    if (config.key().isEmpty()) {
      throw new TransportException(
          "won't listen on "
              + endpoint
              + " without a cluster key, because other machines can reach it: set paceline.key or"
              + " --key-file on the host and on its workers");
    }
    try {
      return new RdmaListener(endpoint, address, config);
    } catch (IOException e) {
      throw new TransportException("can't listen on " + endpoint + ": " + cause(e), e);
    }
  }

  private void requireAvailable(String what, Endpoint endpoint) {
    unavailable()
        .ifPresent(
            why -> {
              throw new TransportException(what + endpoint + ": " + why);
            });
  }

  private static void checkScheme(Endpoint endpoint) {
    if (!endpoint.scheme().equals(SCHEME)) {
      throw new TransportException(
          endpoint + " is not for the RDMA transport: write it as rdma://host:port");
    }
  }

  private static InetAddress localAddress(Endpoint endpoint) {
    try {
      return Addresses.resolve(endpoint.host()).join();
    } catch (CompletionException e) {
      throw new TransportException(
          "can't listen on "
              + endpoint
              + ": "
              + e.getCause().getMessage()
              + "; use an address of this machine",
          e.getCause());
    }
  }

  private static String cause(IOException e) {
    return switch (Verbs.errno(e)) {
      case Verbs.EADDRINUSE ->
          "the port is taken; stop what listens there or choose another port (0 takes a free one)";
      case Verbs.EADDRNOTAVAIL -> "that is no address of this machine; " + USE_ANOTHER;
      case Verbs.ENODEV -> "no RDMA device has that address; " + USE_ANOTHER;
      default -> Verbs.text(e);
    };
  }
}
