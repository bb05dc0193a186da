// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.function.Function;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Sockets;
import org.paceline.core.RepeatedFault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In place of a listener, where hosts can't dial a worker: dials one host, one channel at a time,
 * again whenever that has ended. A host that isn't there may come at any time; one that answers and
 * then ends the channel at once would do so again, and is dialled more and more seldom.
 */
final class HostDialler implements Listener {
  private static final Logger LOGGER = LoggerFactory.getLogger(HostDialler.class);

  /** Pause after a refusal, in intervals. */
  private static final int MOST_PATIENCE = 20;

  /** A channel that lived for longer was of use. */
  private static final long USEFUL_NS = 3_000_000_000L;

  private final Endpoint host;
  private final Function<Endpoint, Channel> connector;
  private final long intervalNs;
  private final NanoClock clock;
  private final RepeatedFault fault = new RepeatedFault(LOGGER);
  private Channel channel;
  private boolean answered;
  private long dialledNs;
  private long notBeforeNs;
  private int patience = 1;

  HostDialler(
      Endpoint host, Function<Endpoint, Channel> connector, long intervalNs, NanoClock clock) {
    this.host = host;
    this.connector = connector;
    this.intervalNs = intervalNs;
    this.clock = clock;
    notBeforeNs = clock.nanoTime();
  }

  @Override
  public Channel accept() {
    long nowNs = clock.nanoTime();
    if (channel != null) {
      answered |= channel.isConnected();
      if (!channel.isClosed()) {
        return null;
      }
      ended(nowNs);
    }
    return nowNs - notBeforeNs < 0 ? null : dial(nowNs);
  }

  private Channel dial(long nowNs) {
    answered = false;
    dialledNs = nowNs;
    try {
      channel = connector.apply(host);
    } catch (RuntimeException e) {
      patience = MOST_PATIENCE;
      again(e.getMessage(), nowNs);
    }
    return channel;
  }

  private void ended(long nowNs) {
    String reason = channel.closeReason();
    channel = null;
    boolean useful = answered && nowNs - dialledNs > USEFUL_NS;
    if (useful) {
      fault.over();
    }
    patience = answered && !useful ? Math.min(2 * patience, MOST_PATIENCE) : 1;
    again(reason, nowNs);
  }

  private void again(String reason, long nowNs) {
    notBeforeNs = nowNs + patience * intervalNs;
    fault.happened("no host at " + host + " now, it is dialled again: " + reason, nowNs);
  }

  /** Nobody comes by himself, and the channels are watched by whoever makes them. */
  @Override
  public boolean watch(Sockets sockets) {
    return true;
  }

  /** The host that it dials. */
  @Override
  public Endpoint endpoint() {
    return host;
  }

  @Override
  public void close() {
    // the channel lives on, as the interface has it
  }
}
