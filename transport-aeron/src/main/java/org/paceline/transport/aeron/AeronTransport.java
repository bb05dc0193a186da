// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.HostAddresses;
import org.paceline.api.transport.ListenAddress;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

/**
 * Moves bytes with Aeron over UDP; the scheme is {@code aeron}.
 *
 * <p>Without a cluster key it listens on loopback addresses only. Of several addresses of one name
 * the first is taken. A peer that has not connected and shown the right protocol version within the
 * heartbeat timeout, or a second if that is longer, is given up. A listener's port is free again
 * when its channels have closed, too.
 */
public final class AeronTransport implements Transport {
  /** What a configuration calls this transport. */
  public static final String SCHEME = "aeron";

  /** The stream that hosts say HELLO on. */
  static final int HELLO_STREAM = 1;

  /** A transport; it has no state. */
  public AeronTransport() {}

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
    Uris uris = new Uris(config);
    requireRoom(endpoint, config, uris);
    Media media = MediaDrivers.udp(config);
    CompletableFuture<DialledConnection.Target> target =
        media
            .client()
            .thenCombine(
                HostAddresses.resolve(endpoint.host()).exceptionally(e -> unknownName(endpoint, e)),
                (client, addresses) -> target(media, client, uris, addresses[0], endpoint.port()));
    Connection connection =
        new DialledConnection(media, target, uris.logBytes(), uris.livenessNs());
    return new AeronChannel(connection, endpoint.toString(), null, config);
  }

  private static void requireRoom(Endpoint endpoint, ClusterConfig config, Uris uris) {
    try {
      MediaDrivers.requireRoomForUdp(config, 2 * uris.logBytes());
    } catch (TransportException e) {
      throw new TransportException("can't connect to " + endpoint + ": " + e.getMessage(), e);
    }
  }

  private static DialledConnection.Target target(
      Media media, Aeron client, Uris uris, InetAddress worker, int port) {
    Route route = Route.to(worker);
    return new DialledConnection.Target(
        media,
        client,
        mtu -> uris.hostPublication(Uris.endpoint(worker, port), route, mtu),
        uris.mtu(route),
        HELLO_STREAM,
        uris.udpSubscription(Uris.endpoint(route.local(), uris.hostPort())),
        uris.maxPeerTermBytes(),
        route,
        worker);
  }

  private static InetAddress[] unknownName(Endpoint endpoint, Throwable cause) {
    throw new TransportException("no address is known for the name " + endpoint.host(), cause);
  }

  @Override
  public Listener listen(Endpoint endpoint, ClusterConfig config) {
    checkScheme(endpoint);
    InetAddress address = ListenAddress.of(endpoint, config);
    checkFree(endpoint, address);
    Uris uris = new Uris(config);
    Reception reception;
    Media media = MediaDrivers.udpWorker(config);
    try {
      reception =
          new Reception(
              media,
              uris,
              false,
              uris.udpSubscription(Uris.endpoint(address, endpoint.port())),
              HELLO_STREAM,
              null);
    } catch (RuntimeException e) {
      media.release();
      throw new TransportException(
          "can't listen on " + endpoint + ": " + MediaDrivers.sentence(e), e);
    }
    Endpoint taken = new Endpoint(SCHEME, endpoint.host(), reception.port());
    return new AeronListener(reception, taken, config);
  }

  @Override
  public Optional<Broadcast> broadcast(ClusterConfig config) {
    return config.multicast().isEmpty()
        ? Optional.empty()
        : Optional.of(new AeronBroadcast(MediaDrivers.udp(config), config));
  }

  private static void checkScheme(Endpoint endpoint) {
    if (!endpoint.scheme().equals(SCHEME)) {
      throw new TransportException(
          endpoint + " is not for the Aeron transport: write it as aeron://host:port");
    }
  }

  /**
   * A driver would share a port that it has already, and tells less about one that it can't have.
   */
  private static void checkFree(Endpoint endpoint, InetAddress address) {
    try (DatagramChannel probe = DatagramChannel.open()) {
      probe.bind(new InetSocketAddress(address, endpoint.port()));
    } catch (IOException e) {
      throw ListenAddress.unavailable(endpoint, e);
    }
  }
}
