// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Image;
import java.util.ArrayList;
import java.util.List;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's end: every host's publication is an image of one subscription, and a channel. */
final class AeronListener implements Listener {
  private static final Logger LOG = LoggerFactory.getLogger(AeronListener.class);

  private final Reception reception;
  private final Endpoint endpoint;
  private final ClusterConfig config;

  /** Streams that nothing has been said on yet. */
  private final List<AcceptedConnection> waiting = new ArrayList<>();

  private boolean closed;
  private boolean toldBroken;

  AeronListener(Reception reception, Endpoint endpoint, ClusterConfig config) {
    this.reception = reception;
    this.endpoint = endpoint;
    this.config = config;
  }

  @Override
  public Channel accept() {
    if (closed) {
      return null;
    }
    if (reception.isBroken() && !toldBroken) {
      toldBroken = true;
      LOG.error(
          "no longer listening on {}: the media driver has ended, or this process was stopped for"
              + " so long that the driver gave it up; start the worker again",
          endpoint);
    }
    for (Image image = reception.next(); image != null; image = reception.next()) {
      waiting.add(new AcceptedConnection(reception, image));
    }
    for (int i = 0; i < waiting.size(); i++) {
      AcceptedConnection connection = waiting.get(i);
      if (connection.listen()) {
        waiting.remove(i);
        return new AeronChannel(connection, name(connection.image()), reception, config);
      }
      if (connection.isOver()) {
        waiting.remove(i--);
        connection.close(true);
      }
    }
    return null;
  }

  private String name(Image image) {
    return endpoint.scheme()
        + "://"
        + (reception.isIpc() ? "session-" + image.sessionId() : image.sourceIdentity());
  }

  @Override
  public void requireRoom() {
    reception.requireRoom();
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      waiting.forEach(connection -> connection.close(true));
      waiting.clear();
      reception.stopListening();
    }
  }
}
