// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.CloseHelper;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

/**
 * Moves bytes through shared memory to workers on the host's own machine that the same user
 * started; the scheme is {@code ipc}, the host {@code localhost}, and the port a number to tell
 * workers apart.
 *
 * <p>The worker runs the media driver, so its death is the driver's, and hosts notice.
 */
public final class IpcTransport implements Transport {
  /** What a configuration calls this transport. */
  public static final String SCHEME = "ipc";

  private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "::1");
  private static final int FIRST_FREE_PORT = 49_152;
  private static final int FREE_PORTS = 65_536 - FIRST_FREE_PORT;

  /** A transport; it has no state. */
  public IpcTransport() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public Channel connect(Endpoint endpoint, ClusterConfig config) {
    check(endpoint);
    if (endpoint.port() == 0) {
      throw new TransportException(
          "can't connect to " + endpoint + ": name the port the worker listens on");
    }
    Uris uris = new Uris(config);
    Path directory = DriverDirectory.driver(name(endpoint.port()));
    if (config.aeron().directory().isEmpty()) {
      SharedMemory.require(
          DriverDirectory.base(),
          2 * uris.ipcLogBytes(),
          "can't connect to " + endpoint + ": a channel's log buffers need");
    }
    Media media = MediaDrivers.ipcHost(config, directory);
    CompletableFuture<DialledConnection.Target> target =
        media.client().thenApply(client -> target(media, client, uris, endpoint.port()));
    Connection connection =
        new DialledConnection(media, target, uris.ipcLogBytes(), uris.livenessNs());
    return new AeronChannel(connection, endpoint.toString(), null, config);
  }

  private static DialledConnection.Target target(Media media, Aeron client, Uris uris, int port) {
    return new DialledConnection.Target(
        media,
        client,
        mtu -> uris.ipcPublication(),
        0,
        port,
        Uris.ipcSubscription(),
        0,
        null,
        null);
  }

  @Override
  public Listener listen(Endpoint endpoint, ClusterConfig config) {
    check(endpoint);
    Uris uris = new Uris(config);
    boolean external = !config.aeron().directory().isEmpty();
    if (!external) {
      requireRoom(endpoint, uris);
    }
    Claim claim = claim(endpoint);
    Media media = MediaDrivers.ipcWorker(config, claim.directory);
    try {
      Reception reception =
          new Reception(
              media,
              uris,
              true,
              Uris.ipcSubscription(),
              claim.port,
              external ? claim.directory : null);
      return new AeronListener(
          reception, new Endpoint(SCHEME, endpoint.host(), claim.port), config);
    } catch (RuntimeException e) {
      media.release();
      CloseHelper.quietClose(claim.directory);
      throw new TransportException(
          "can't listen on " + endpoint + ": " + MediaDrivers.sentence(e), e);
    }
  }

  private static void requireRoom(Endpoint endpoint, Uris uris) {
    try {
      MediaDrivers.requireRoomForDriver(2 * uris.ipcLogBytes());
    } catch (TransportException e) {
      throw new TransportException("can't listen on " + endpoint + ": " + e.getMessage(), e);
    }
  }

  private record Claim(int port, DriverDirectory directory) {}

  private static Claim claim(Endpoint endpoint) {
    boolean any = endpoint.port() == 0;
    int port =
        any ? FIRST_FREE_PORT + ThreadLocalRandom.current().nextInt(FREE_PORTS) : endpoint.port();
    try {
      for (int attempt = 0; attempt < (any ? FREE_PORTS : 1); attempt++) {
        DriverDirectory directory = DriverDirectory.claim(name(port));
        if (directory != null) {
          return new Claim(port, directory);
        }
        port = port == 65_535 ? FIRST_FREE_PORT : port + 1;
      }
    } catch (IOException e) {
      throw new TransportException("can't listen on " + endpoint + ": " + e.getMessage(), e);
    }
    throw new TransportException(
        "can't listen on "
            + endpoint
            + ": the port is taken; stop what listens there or choose another port (0 takes a free"
            + " one)");
  }

  private static String name(int port) {
    return "ipc-" + port;
  }

  private static void check(Endpoint endpoint) {
    if (!endpoint.scheme().equals(SCHEME) || !HOSTS.contains(endpoint.host())) {
      throw new TransportException(
          endpoint
              + " is not for the IPC transport, which reaches workers on this machine alone: write"
              + " it as ipc://localhost:port");
    }
  }
}
