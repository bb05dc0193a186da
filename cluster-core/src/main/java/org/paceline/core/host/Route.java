// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.Map;
import java.util.Set;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.TransportException;
import org.paceline.core.Transports;

/**
 * How one worker is reached: it is met at its configured endpoint, and if that is a TCP one, the
 * two go on over the transport that they choose there.
 */
final class Route {
  /**
   * What the host's side of a choice depends on.
   *
   * @param machine this one, as {@link org.paceline.core.Machine#id} names it
   * @param schemes transports that can be used here
   * @param unavailable those that can't, and why
   */
  record Local(String machine, Set<String> schemes, Map<String, String> unavailable) {}

  private static final String MEETING_SCHEME = "tcp";

  private final Endpoint configured;
  private final ClusterConfig config;
  private final Local local;
  private Endpoint endpoint;
  private TransportChoice choice;
  private boolean switching;
  private boolean fellBack;

  /** The way to an endpoint where workers are met. */
  Route(Endpoint configured, ClusterConfig config, Local local) {
    this.configured = configured;
    this.config = config;
    this.local = local;
    endpoint = configured;
    choice = new TransportChoice(configured.scheme(), "as its address says");
  }

  /** The route of a worker that dialled this host: it can't be dialled, so nothing is chosen. */
  static Route ofCaller(Endpoint caller, ClusterConfig config, Local local) {
    Route route = new Route(caller, config, local);
    route.choice = new TransportChoice(caller.scheme(), "it dialled this host");
    route.fellBack = true;
    return route;
  }

  /** Where it was configured to be, or called from. */
  Endpoint configured() {
    return configured;
  }

  /** What to dial next. */
  Endpoint endpoint() {
    return endpoint;
  }

  /** The transport to go on with, and why. */
  TransportChoice choice() {
    return choice;
  }

  /**
   * Whether to stay with the transport of this channel, for a worker that told its machine and its
   * transports; if not, {@link #choice} tells which to ask for.
   *
   * @throws TransportException if what was configured isn't to be had
   */
  boolean staysWith(String machine, Set<String> schemes) {
    if (endpoint.equals(configured) && endpoint.scheme().equals(MEETING_SCHEME) && !fellBack) {
      choice =
          TransportChoice.of(
              config.transport(),
              local,
              schemes,
              machine.equals(local.machine()),
              config.multicast());
    }
    return choice.scheme().equals(endpoint.scheme());
  }

  /** The worker listens for the chosen transport at this port: dial that next. */
  void switchTo(int port) {
    endpoint = Transports.endpoint(choice.scheme(), configured.host(), port);
    switching = true;
  }

  /**
   * The chosen transport can't be had. What was picked is given up for the one that they met over.
   *
   * @throws TransportException if it was configured
   */
  void fallBack(String reason) {
    String sentence = "it can't be reached over " + choice.scheme() + ": " + reason;
    if (!config.transport().equals(ClusterConfig.AUTO)) {
      throw new TransportException(sentence);
    }
    choice = new TransportChoice(configured.scheme(), sentence);
    fellBack = true;
  }

  /**
   * The channel ended.
   *
   * @param reached whether the worker had answered on it
   * @return whether to dial again at once
   */
  boolean channelClosed(boolean reached, String reason) {
    if (switching) {
      switching = false;
      return true;
    }
    boolean wasChosen = !endpoint.equals(configured);
    endpoint = configured;
    // one that was configured is tried again: its worker may only have been slow to answer
    if (wasChosen && !reached && config.transport().equals(ClusterConfig.AUTO)) {
      fallBack(reason);
      return true;
    }
    return false;
  }
}
