// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts RDMA channels. */
final class RdmaListener implements Listener, Connection.Arrivals {
  private static final Logger LOG = LoggerFactory.getLogger(RdmaListener.class);

  private static final int BACKLOG = 128;

  /** Each connection that is being made or waits to be accepted costs memory that is locked. */
  private static final int MAX_WAITING = 64;

  private final ClusterConfig config;
  private final Endpoint endpoint;

  /** Those that are being made or wait to be accepted. */
  private final Set<Connection> waiting = ConcurrentHashMap.newKeySet();

  private final Queue<Connection> arrived = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /** The conductor's. */
  private RdmaCmId id;

  /**
   * Begins to listen; blocks for a moment.
   *
   * @throws IOException if the address can't be had
   */
  RdmaListener(Endpoint asked, InetAddress address, ClusterConfig config) throws IOException {
    this.config = config;
    CompletableFuture<Integer> port = new CompletableFuture<>();
    InetSocketAddress socketAddress = new InetSocketAddress(address, asked.port());
    Conductor.submit(
        conductor -> {
          try {
            port.complete(open(conductor, socketAddress));
          } catch (IOException | RuntimeException e) {
            port.completeExceptionally(e);
          }
        });
    try {
      this.endpoint = new Endpoint(asked.scheme(), asked.host(), port.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private int open(Conductor conductor, InetSocketAddress address) throws IOException {
    id = conductor.createId(this::onEvent);
    try {
      id.bindAddr(address);
      id.listen(BACKLOG);
      return ((InetSocketAddress) id.getSource()).getPort();
    } catch (IOException e) {
      conductor.destroy(id);
      throw e;
    }
  }

  private void onEvent(Conductor conductor, RdmaCmEvent.EventType type, RdmaCmEvent event) {
    if (type != RdmaCmEvent.EventType.RDMA_CM_EVENT_CONNECT_REQUEST) {
      LOG.warn("{} at {}", type, endpoint);
    } else if (closed || waiting.size() >= MAX_WAITING) {
      conductor.destroy(event.getConnIdPriv());
    } else {
      Connection connection = Connection.answer(conductor, event.getConnIdPriv(), this);
      if (!connection.isEnded()) {
        waiting.add(connection);
      }
    }
  }

  @Override
  public void onArrived(Connection connection) {
    arrived.add(connection);
    if (closed && arrived.remove(connection)) {
      connection.end(false, Duration.ZERO);
    }
  }

  @Override
  public void onGone(Connection connection) {
    waiting.remove(connection);
  }

  @Override
  public Channel accept() {
    Connection connection = arrived.poll();
    if (connection == null) {
      return null;
    }
    waiting.remove(connection);
    return new RdmaChannel(connection, connection.peer(), config);
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Connection c = arrived.poll(); c != null; c = arrived.poll()) {
      c.end(false, Duration.ZERO);
    }
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Conductor.submit(
        conductor -> {
          conductor.destroy(id);
          ended.complete(null);
        });
    // Its port is free when this returns.
    ended.join();
  }
}
