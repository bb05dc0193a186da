// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.paceline.api.transport.Endpoint;

/**
 * Tells a worker's neighbours by mDNS and DNS-SD, service type {@code _paceline._tcp}, that it is
 * there, until it is closed. All on the networks where the worker listens hear it.
 *
 * <p>Thread-safe; no call waits for a network.
 */
public final class Announcement implements AutoCloseable {
  private final Announcer announcer;
  private final Responders responders;

  private Announcement(Announcer announcer, Responders responders) {
    this.announcer = announcer;
    this.responders = responders;
  }

  /**
   * Starts to announce a worker. It is found about four seconds later, in which neighbours are
   * asked whether its name is free.
   *
   * @param profile what it says of itself. A dot in its name becomes a hyphen; where another worker
   *     has the name already, a number is added
   * @param listening where it listens, its real port included: at a wildcard address it is
   *     announced on all networks (on loopback if there is no other), at any other address there
   * @throws IllegalArgumentException if it listens at no address that can be announced
   */
  public static Announcement start(WorkerProfile profile, Endpoint listening) {
    if (listening.port() == 0) {
      throw new IllegalArgumentException(
          listening + " can't be announced: name the port the worker really listens on");
    }
    String id = String.format(Locale.ROOT, "%016x", ThreadLocalRandom.current().nextLong());
    Announcer announcer = new Announcer(id, profile, listening.port());
    Responders responders =
        new Responders("paceline announcement", addresses(listening), announcer);
    responders.start();
    return new Announcement(announcer, responders);
  }

  private static Supplier<Set<LocalAddress>> addresses(Endpoint listening) {
    try {
      InetAddress address = InetAddress.getByName(listening.host());
      if (!LocalAddress.canMulticast(address)) {
        throw new IllegalArgumentException(
            listening
                + " can't be announced: there is no multicast on the IPv6 loopback; listen on"
                + " 127.0.0.1");
      }
      return address.isAnyLocalAddress()
          ? LocalAddress::everywhere
          : () -> LocalAddress.only(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          listening + " can't be announced: no address is known for " + listening.host(), e);
    }
  }

  /** Says what the worker does now; told at most every five seconds, then the latest. */
  public void update(WorkerLoad load) {
    announcer.update(load);
  }

  /**
   * Says goodbye, so that hosts forget the worker at once. Some threads of the mDNS library need
   * two more seconds to end.
   */
  @Override
  public void close() {
    responders.close();
  }
}
