// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.Optional;
import java.util.function.Supplier;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.core.Transports;

/**
 * Where workers dial a cluster, if anywhere. Sessions ask for callers from threads of their own;
 * each gets another one.
 */
final class Reception implements Supplier<Channel>, AutoCloseable {
  private final Listener listener;

  /** Listens as configured. */
  Reception(ClusterConfig config, Transports transports) {
    if (config.hostListen().isEmpty()) {
      listener = null;
    } else {
      Endpoint at = Endpoint.parse(config.hostListen());
      listener = transports.of(at).listen(at, config);
    }
  }

  Optional<Endpoint> endpoint() {
    return Optional.ofNullable(listener).map(Listener::endpoint);
  }

  /** The channel of the next caller, or null. */
  @Override
  public synchronized Channel get() {
    return listener == null ? null : listener.accept();
  }

  @Override
  public synchronized void close() {
    if (listener != null) {
      listener.close();
    }
  }
}
