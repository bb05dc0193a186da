// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.SystemNanoClock;
import org.paceline.api.ClusterConfig;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderSession;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.AgentThread;
import org.paceline.core.Arrivals;
import org.paceline.core.Machine;
import org.paceline.core.Transports;
import org.paceline.core.WarmUp;

/** A cluster as this process sees it: one thread for each session. */
final class LocalCluster implements RenderCluster {
  private final ClusterConfig config;
  private final Transports transports = new Transports();
  private final Reception reception;
  private final FoundWorkers found;
  private final Set<RenderSession> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  LocalCluster(ClusterConfig config) {
    this.config = config;
    transports.requireAll(config.workers());
    reception = new Reception(config, transports);
    found = new FoundWorkers(config);
    // beside whatever the caller does next, which is to build a scene
    Thread warmUp = new Thread(WarmUp::run, "paceline-warm-up");
    warmUp.setDaemon(true);
    warmUp.start();
  }

  @Override
  public RenderSession openSession(DeviceIdentity renderer) {
    if (closed.get()) {
      throw new IllegalStateException("the cluster is closed");
    }
    SystemNanoClock clock = SystemNanoClock.INSTANCE;
    Optional<Broadcast> broadcast = transports.broadcast(config);
    Arrivals arrivals = new Arrivals();
    if (broadcast.isPresent() || reception.endpoint().isPresent()) {
      arrivals.unwatched();
    }
    HostSession host =
        new HostSession(
            config,
            renderer,
            new Route.Local(Machine.id(), transports.schemes(), transports.unavailable()),
            endpoint -> arrivals.watch(transports.of(endpoint).connect(endpoint, config)),
            () -> arrivals.watch(reception),
            broadcast,
            clock);
    host.wakeWith(arrivals::wakeUp);
    found.tell(host);
    AgentThread agent =
        AgentThread.start(arrivals.around(host), arrivals.idleStrategy(config.idle()), host::fail);
    RenderSession opened =
        new ClusterRenderSession(
            host,
            agent,
            config,
            clock,
            session -> {
              sessions.remove(session);
              found.forget(host);
            });
    sessions.add(opened);
    return opened;
  }

  @Override
  public ClusterConfig config() {
    return config;
  }

  @Override
  public Optional<Endpoint> listensAt() {
    return reception.endpoint();
  }

  /** From a listener, whose thread a session's end waits for, it returns at once. */
  @Override
  public void close() {
    if (AgentThread.isCurrent()) {
      Thread thread = new Thread(this::close, "paceline-closing");
      thread.setDaemon(true);
      thread.start();
      return;
    }
    if (closed.compareAndSet(false, true)) {
      found.close();
      reception.close();
    }
    List.copyOf(sessions).forEach(RenderSession::close);
  }
}
