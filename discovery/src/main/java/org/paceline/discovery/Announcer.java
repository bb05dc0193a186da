// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Has one worker announced at every address, and its load now and then. */
final class Announcer implements Responders.Owner {
  /** Everybody on the network is told of each update, so there are few. */
  private static final long UPDATE_INTERVAL_NS = Duration.ofSeconds(5).toNanos();

  private record Told(WorkerLoad load, long atNs) {}

  private final String id;
  private final WorkerProfile profile;
  private final int port;
  private final Map<Responder, Told> told = new HashMap<>();
  private volatile WorkerLoad load = WorkerLoad.IDLE;

  Announcer(String id, WorkerProfile profile, int port) {
    this.id = id;
    this.profile = profile;
    this.port = port;
  }

  /** From any thread. */
  void update(WorkerLoad current) {
    load = current;
  }

  @Override
  public void opened(Responder responder) {
    WorkerLoad current = load;
    // JmDNS would take what follows a dot for another part of the DNS name.
    responder.announce(profile.name().replace('.', '-'), port, text(current));
    told.put(responder, new Told(current, System.nanoTime()));
  }

  @Override
  public void tick(Responder responder) {
    WorkerLoad current = load;
    Told last = told.get(responder);
    long nowNs = System.nanoTime();
    boolean due = !last.load.equals(current) && nowNs - last.atNs >= UPDATE_INTERVAL_NS;
    if (due && responder.isAnnounced()) {
      responder.update(text(current));
      told.put(responder, new Told(current, nowNs));
    }
  }

  @Override
  public void closed(Responder responder) {
    told.remove(responder);
  }

  private Map<String, String> text(WorkerLoad current) {
    return new Announced(id, profile, current).toText();
  }
}
