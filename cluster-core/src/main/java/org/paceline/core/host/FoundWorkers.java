// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.paceline.api.ClusterConfig;
import org.paceline.api.WorkerFinder;
import org.paceline.api.transport.Endpoint;

/** Tells all sessions of a cluster of the workers that are found, whenever they were opened. */
final class FoundWorkers implements WorkerFinder.Listener, AutoCloseable {
  private final Set<List<Endpoint>> known = new LinkedHashSet<>();
  private final Set<HostSession> sessions = new HashSet<>();
  private final List<WorkerFinder.Search> searches = new ArrayList<>();

  /** Starts all searches there are, if the configuration wants that. */
  FoundWorkers(ClusterConfig config) {
    if (config.discover()) {
      for (WorkerFinder finder : ServiceLoader.load(WorkerFinder.class)) {
        searches.add(finder.start(config, this));
      }
      if (searches.isEmpty()) {
        throw new IllegalStateException(
            "no WorkerFinder, which discover=true needs: add discovery to the class path");
      }
    }
  }

  synchronized void tell(HostSession session) {
    sessions.add(session);
    known.forEach(worker -> session.post(() -> session.found(worker)));
  }

  synchronized void forget(HostSession session) {
    sessions.remove(session);
  }

  @Override
  public synchronized void found(List<Endpoint> addresses) {
    if (known.add(List.copyOf(addresses))) {
      sessions.forEach(session -> session.post(() -> session.found(addresses)));
    }
  }

  @Override
  public synchronized void gone(Endpoint address) {
    List<List<Endpoint>> with = known.stream().filter(each -> each.contains(address)).toList();
    for (List<Endpoint> addresses : with) {
      known.remove(addresses);
      List<Endpoint> left = addresses.stream().filter(each -> !each.equals(address)).toList();
      if (!left.isEmpty()) {
        known.add(left);
      }
    }
    sessions.forEach(session -> session.post(() -> session.gone(address)));
  }

  /** Ends the searches. */
  @Override
  public void close() {
    searches.forEach(WorkerFinder.Search::close);
  }
}
