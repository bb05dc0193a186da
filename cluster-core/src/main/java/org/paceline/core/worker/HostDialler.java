// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.function.Function;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In place of a listener, where hosts can't dial a worker: dials one host, one channel at a time,
 * again whenever that has ended.
 */
final class HostDialler implements Listener {
  private static final Logger LOGGER = LoggerFactory.getLogger(HostDialler.class);

  private final Endpoint host;
  private final Function<Endpoint, Channel> connector;
  private final long intervalNs;
  private final NanoClock clock;
  private Channel channel;
  private long notBeforeNs;
  private String told = "";

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
    if (channel != null) {
      if (!channel.isClosed()) {
        return null;
      }
      ended(channel.closeReason());
    }
    if (clock.nanoTime() - notBeforeNs < 0) {
      return null;
    }
    channel = connector.apply(host);
    return channel;
  }

  private void ended(String reason) {
    channel = null;
    notBeforeNs = clock.nanoTime() + intervalNs;
    // it is tried several times a second
    if (!reason.equals(told)) {
      told = reason;
      LOGGER.warn("no host at {} now, it is dialled again: {}", host, reason);
    }
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
