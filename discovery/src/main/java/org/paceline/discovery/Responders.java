// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A responder at each address of this machine, whose addresses come and go: a laptop joins a
 * network, a cable is pulled. JmDNS has such a set as well, one for the whole JVM, that follows
 * every ten seconds and announces under names that collide.
 */
final class Responders implements AutoCloseable {
  /** What becomes of the responders; called by one thread, which must not be held up. */
  interface Owner {
    /** One was started. */
    void opened(Responder responder);

    /** About once a second, for each. */
    void tick(Responder responder);

    /** One was closed. */
    void closed(Responder responder);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Responders.class);
  private static final long PERIOD_MS = 1000;

  /** Failures in a row that are told: an IPv6 address can't be used in its first seconds. */
  private static final int TELLING = 10;

  private final Supplier<Set<LocalAddress>> addresses;
  private final Owner owner;
  private final String hostName =
      String.format(Locale.ROOT, "paceline-%08x", ThreadLocalRandom.current().nextInt());
  private final Map<LocalAddress, Responder> open = new LinkedHashMap<>();
  private final Map<LocalAddress, Responder> closing = new HashMap<>();
  private final Map<LocalAddress, Integer> failing = new HashMap<>();
  private final Thread thread;
  private boolean closed;

  /**
   * Starts to follow the addresses.
   *
   * @param addresses where there shall be responders, now
   */
  Responders(String threadName, Supplier<Set<LocalAddress>> addresses, Owner owner) {
    this.addresses = addresses;
    this.owner = owner;
    this.thread = new Thread(this::run, threadName);
    thread.setDaemon(true);
  }

  /** Opens the first ones, soon. */
  void start() {
    thread.start();
  }

  private synchronized void run() {
    try {
      while (!closed) {
        follow();
        wait(PERIOD_MS);
      }
    } catch (InterruptedException e) {
      LOG.warn("{} was interrupted and ends", thread.getName());
    }
  }

  private void follow() {
    try {
      Set<LocalAddress> wanted = addresses.get();
      closeAllBut(wanted);
      // The goodbyes of one that isn't gone yet would make others forget its successor.
      closing.values().removeIf(Responder::isGone);
      wanted.stream()
          .filter(at -> !open.containsKey(at) && !closing.containsKey(at))
          .forEach(this::open);
      failing.keySet().retainAll(wanted);
      open.values().forEach(owner::tick);
    } catch (RuntimeException e) {
      // The next time may be better.
      LOG.warn("looking for networks failed: {}", e.toString());
    }
  }

  private void closeAllBut(Set<LocalAddress> wanted) {
    Iterator<Responder> each = open.values().iterator();
    while (each.hasNext()) {
      Responder responder = each.next();
      boolean healthy = responder.isHealthy();
      if (!healthy) {
        LOG.warn("mDNS at {} broke down and is started again", responder.at());
      }
      if (!healthy || !wanted.contains(responder.at())) {
        each.remove();
        responder.close();
        closing.put(responder.at(), responder);
        owner.closed(responder);
      }
    }
  }

  private void open(LocalAddress at) {
    try {
      // Each interface has a host name of its own: JmDNS takes two addresses of one for a conflict.
      Responder responder = new Responder(at, hostName + "-" + at.interfaceName());
      open.put(at, responder);
      failing.remove(at);
      owner.opened(responder);
    } catch (IOException e) {
      if (failing.merge(at, 1, Integer::sum) == TELLING) {
        LOG.warn("no mDNS at {}, it is tried again and again: {}", at, e.getMessage());
      }
    }
  }

  /** Ends all of them, quickly; what the owner announced has said goodbye when this returns. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    open.values().forEach(Responder::close);
    open.clear();
  }
}
