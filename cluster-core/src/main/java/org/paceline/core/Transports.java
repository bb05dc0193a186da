// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

/** The transports on the class path, by scheme. */
public final class Transports {
  private final Map<String, Transport> byScheme = new TreeMap<>();

  /** Looks them up. */
  public Transports() {
    ServiceLoader.load(Transport.class)
        .forEach(transport -> byScheme.put(transport.scheme(), transport));
  }

  /**
   * Where a worker at {@code host} is reached over another transport: through shared memory there
   * is no other host than this one.
   */
  public static Endpoint endpoint(String scheme, String host, int port) {
    return new Endpoint(scheme, scheme.equals("ipc") ? "localhost" : host, port);
  }

  /**
   * The transport an endpoint names.
   *
   * @throws TransportException listing those there are
   */
  public Transport of(Endpoint endpoint) {
    Transport transport = byScheme.get(endpoint.scheme());
    if (transport == null) {
      throw new TransportException(
          endpoint
              + ": no transport '"
              + endpoint.scheme()
              + "' here; there are "
              + byScheme.keySet());
    }
    return transport;
  }

  /** Schemes of the transports that can be used here. */
  public Set<String> schemes() {
    Set<String> schemes = new TreeSet<>(byScheme.keySet());
    schemes.removeAll(unavailable().keySet());
    return schemes;
  }

  /** Schemes of those that can't be used here, and why, as sentences' ends. */
  public Map<String, String> unavailable() {
    Map<String, String> reasons = new TreeMap<>();
    byScheme.forEach(
        (scheme, transport) ->
            transport.unavailable().ifPresent(reason -> reasons.put(scheme, reason)));
    return reasons;
  }

  /** Throws unless every endpoint has a transport. */
  public void requireAll(List<Endpoint> endpoints) {
    endpoints.forEach(this::of);
  }

  /**
   * The broadcast that a configuration asks for; empty if it asks for none.
   *
   * @throws TransportException if it can't be had
   */
  public Optional<Broadcast> broadcast(ClusterConfig config) {
    return byScheme.values().stream()
        .map(transport -> transport.broadcast(config))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
