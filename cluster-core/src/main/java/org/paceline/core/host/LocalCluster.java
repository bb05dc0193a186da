// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SystemNanoClock;
import org.paceline.api.ClusterConfig;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderSession;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.Idling;
import org.paceline.core.Machine;
import org.paceline.core.Transports;
import org.paceline.core.WarmUp;
import org.slf4j.LoggerFactory;

/** A cluster as this process sees it: one thread for each session. */
final class LocalCluster implements RenderCluster {
  private final ClusterConfig config;
  private final Transports transports = new Transports();
  private final Reception reception;
  private final FoundWorkers found;
  private final Set<RenderSession> sessions = ConcurrentHashMap.newKeySet();

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
    SystemNanoClock clock = SystemNanoClock.INSTANCE;
    HostSession host =
        new HostSession(
            config,
            renderer,
            new Route.Local(Machine.id(), transports.schemes(), transports.unavailable()),
            endpoint -> transports.of(endpoint).connect(endpoint, config),
            reception,
            transports.broadcast(config),
            clock);
    AgentRunner runner =
        new AgentRunner(
            Idling.strategy(config.idle()),
            error -> LoggerFactory.getLogger(HostSession.class).error("host session", error),
            null,
            host);
    RenderSession[] opened = new RenderSession[1];
    opened[0] =
        new ClusterRenderSession(
            host,
            runner,
            config.chunkBytes(),
            clock,
            () -> {
              sessions.remove(opened[0]);
              found.forget(host);
            });
    sessions.add(opened[0]);
    found.tell(host);
    AgentRunner.startOnThread(runner);
    return opened[0];
  }

  @Override
  public ClusterConfig config() {
    return config;
  }

  @Override
  public Optional<Endpoint> listensAt() {
    return reception.endpoint();
  }

  @Override
  public void close() {
    found.close();
    reception.close();
    List.copyOf(sessions).forEach(RenderSession::close);
  }
}
