// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.paceline.api.ClusterConfig;
import org.paceline.api.WorkerFinder;
import org.paceline.api.transport.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the workers that announce themselves and have the host's key. Without a key only those on
 * loopback count: anybody can announce himself on a network.
 */
public final class AnnouncedWorkers implements WorkerFinder {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncedWorkers.class);

  /** One; it has no state. */
  public AnnouncedWorkers() {}

  @Override
  public Search start(ClusterConfig config, Listener listener) {
    boolean keyless = config.key().isEmpty();
    Browser browser = keyless ? Browser.start(LocalAddress::loopback) : Browser.start();
    browser.addListener(new Selection(config.key(), listener));
    return browser::close;
  }

  /** Tells of those that can be dialled. Its calls come one at a time. */
  static final class Selection implements BrowserListener {
    private final String key;
    private final Listener listener;
    private final Map<String, List<Endpoint>> endpoints = new HashMap<>();
    private final Set<String> others = new HashSet<>();

    Selection(String key, Listener listener) {
      this.key = key;
      this.listener = listener;
    }

    @Override
    public void added(FoundWorker worker) {
      if (!worker.sharesKey(key)) {
        replace(worker.id(), List.of());
        if (others.add(worker.id())) {
          LOG.warn(
              "worker {} at {} has another key, or none, and is not used",
              worker.profile().name(),
              worker.endpoint());
        }
      } else {
        replace(worker.id(), worker.addressesFor(key));
      }
    }

    @Override
    public void changed(FoundWorker worker) {
      added(worker);
    }

    @Override
    public void removed(FoundWorker worker) {
      others.remove(worker.id());
      replace(worker.id(), List.of());
    }

    /** A worker that was started again has another id at the same endpoint. */
    private void replace(String id, List<Endpoint> now) {
      List<Endpoint> before = now.isEmpty() ? endpoints.remove(id) : endpoints.put(id, now);
      if (!now.isEmpty() && !now.equals(before)) {
        listener.found(now);
      }
      if (before != null) {
        before.stream().filter(address -> !isAnywhere(address)).forEach(listener::gone);
      }
    }

    private boolean isAnywhere(Endpoint address) {
      return endpoints.values().stream().anyMatch(each -> each.contains(address));
    }
  }
}
