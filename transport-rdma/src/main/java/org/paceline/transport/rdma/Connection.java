// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaConnParam;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.paceline.api.transport.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection from the first attempt to have it until everything of it was given back. The
 * conductor's thread sets it up and ends it; in between its queue pair belongs to a channel.
 */
final class Connection implements Conductor.Handler, Conductor.Lingering {
  /** Hears that a peer has come. */
  interface Arrivals {
    void onArrived(Connection connection);

    void onGone(Connection connection);
  }

  /**
   * The most there are. A device retries a lost packet this often before it gives up the
   * connection, which takes it seconds; the layer above gives up a silent peer sooner if it wants
   * to.
   */
  private static final byte RETRIES = 7;

  /** For the address and for the route; a channel has a deadline of its own for all of it. */
  private static final int RESOLVE_MS = 2000;

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final Arrivals arrivals;
  private RdmaCmId id;
  private QueuePair queuePair;
  private boolean ended;
  private long lingerDeadlineNs;
  private String peer;

  private volatile boolean established;
  private volatile String fault;
  private volatile String lost;

  private Connection(String peer, Arrivals arrivals) {
    this.peer = peer;
    this.arrivals = arrivals;
  }

  /** Starts to connect. */
  static Connection dial(Endpoint endpoint) {
    Connection connection = new Connection(endpoint.toString(), null);
    Addresses.resolve(endpoint.host())
        .thenAccept(
            address ->
                Conductor.submit(
                    conductor -> connection.resolve(conductor, address, endpoint.port())))
        .exceptionally(
            e -> {
              Throwable cause = e instanceof CompletionException ? e.getCause() : e;
              connection.fault = cause.getMessage();
              return null;
            });
    return connection;
  }

  /** Answers a connection request; on the conductor's thread. */
  static Connection answer(Conductor conductor, RdmaCmId id, Arrivals arrivals) {
    Connection connection = new Connection("a peer", arrivals);
    connection.id = id;
    conductor.adopt(id, connection);
    try {
      InetSocketAddress from = (InetSocketAddress) id.getDestination();
      connection.peer =
          new Endpoint(RdmaTransport.SCHEME, from.getAddress().getHostAddress(), from.getPort())
              .toString();
      connection.queuePair = new QueuePair(id, conductor.device(id));
      id.accept(parameters());
    } catch (IOException e) {
      LOG.warn("refusing a connection from {}: {}", connection.peer, Verbs.text(e));
      connection.destroy(conductor);
    }
    return connection;
  }

  private void resolve(Conductor conductor, InetAddress address, int port) {
    if (ended) {
      return;
    }
    try {
      id = conductor.createId(this);
      id.resolveAddr(null, new InetSocketAddress(address, port), RESOLVE_MS);
    } catch (IOException e) {
      fault = unreachable(e);
    }
  }

  private static String unreachable(IOException e) {
    return Verbs.errno(e) == Verbs.ENODEV
        ? "no RDMA device of this machine leads there"
        : Verbs.text(e);
  }

  @Override
  public void onEvent(Conductor conductor, RdmaCmEvent.EventType type, RdmaCmEvent event) {
    if (ended && type != RdmaCmEvent.EventType.RDMA_CM_EVENT_DISCONNECTED) {
      return;
    }
    try {
      switch (type) {
        case RDMA_CM_EVENT_ADDR_RESOLVED -> id.resolveRoute(RESOLVE_MS);
        case RDMA_CM_EVENT_ROUTE_RESOLVED -> {
          queuePair = new QueuePair(id, conductor.device(id));
          id.connect(parameters());
        }
        case RDMA_CM_EVENT_ESTABLISHED -> {
          established = true;
          if (arrivals != null) {
            arrivals.onArrived(this);
          }
        }
        case RDMA_CM_EVENT_ADDR_ERROR ->
            fail(conductor, "no RDMA device of this machine leads there");
        case RDMA_CM_EVENT_ROUTE_ERROR -> fail(conductor, "no route leads there");
        case RDMA_CM_EVENT_REJECTED ->
            fail(conductor, "it was refused; is a worker listening there?");
        case RDMA_CM_EVENT_UNREACHABLE, RDMA_CM_EVENT_CONNECT_ERROR ->
            fail(conductor, "nothing answers there; is a worker listening?");
        case RDMA_CM_EVENT_DISCONNECTED -> fail(conductor, "the peer ended it or died");
        case RDMA_CM_EVENT_DEVICE_REMOVAL -> fail(conductor, "the RDMA device was removed");
        default -> LOG.debug("{} of {}", type, peer);
      }
    } catch (IOException e) {
      fail(conductor, unreachable(e));
    }
  }

  private static RdmaConnParam parameters() throws IOException {
    RdmaConnParam parameters = new RdmaConnParam();
    parameters.setRetry_count(RETRIES);
    // Credits see to it that a receive is always posted; a peer that heeds none may fail at once.
    parameters.setRnr_retry_count((byte) 0);
    return parameters;
  }

  private void fail(Conductor conductor, String reason) {
    if (established) {
      lost = reason;
    } else if (arrivals == null) {
      fault = reason;
    } else {
      LOG.debug("{} did not connect after all: {}", peer, reason);
      destroy(conductor);
    }
  }

  /** Whether messages can be exchanged, or could once. */
  boolean isEstablished() {
    return established;
  }

  /** Why it can't be made; null if nothing is known against it. */
  String fault() {
    return fault;
  }

  /** Why it ended, once established; null if it goes on. */
  String lost() {
    return lost;
  }

  /** Whether everything was given back or soon will be; for the conductor's thread. */
  boolean isEnded() {
    return ended;
  }

  /** The peer of a connection that was answered. */
  String peer() {
    return peer;
  }

  /** Once established, and only until it is ended. */
  QueuePair queuePair() {
    return queuePair;
  }

  /**
   * Gives everything back, soon.
   *
   * @param flush whether what was posted should still be carried out, if it can be in that time
   */
  void end(boolean flush, Duration patience) {
    long deadlineNs = System.nanoTime() + patience.toNanos();
    try {
      Conductor.submit(
          conductor -> {
            if (!ended) {
              ended = true;
              lingerDeadlineNs = deadlineNs;
              if (flush && queuePair != null && lost == null) {
                conductor.linger(this);
              } else {
                destroy(conductor);
              }
            }
          });
    } catch (RuntimeException e) {
      // Without a connection manager there is nothing to give back either.
      LOG.debug("ending a connection to {}: {}", peer, Verbs.text(e));
    }
  }

  @Override
  public boolean tend(Conductor conductor) {
    boolean over = lost != null || System.nanoTime() - lingerDeadlineNs > 0;
    try {
      queuePair.poll(Discarding.INSTANCE);
      over |= queuePair.isDrained();
    } catch (IOException e) {
      LOG.debug("while ending a connection to {}: {}", peer, Verbs.text(e));
      over = true;
    }
    if (over) {
      destroy(conductor);
    }
    return over;
  }

  private void destroy(Conductor conductor) {
    ended = true;
    if (arrivals != null) {
      arrivals.onGone(this);
    }
    if (id == null) {
      return;
    }
    try {
      if (established) {
        id.disconnect();
      }
    } catch (IOException e) {
      LOG.debug("the connection to {} had ended before: {}", peer, Verbs.text(e));
    }
    try {
      if (queuePair != null) {
        queuePair.close();
      }
    } catch (IOException e) {
      LOG.warn("while ending the connection to {}: {}", peer, Verbs.text(e));
    }
    conductor.destroy(id);
  }

  /** What comes after the channel has closed. */
  private enum Discarding implements QueuePair.Completions {
    INSTANCE;

    @Override
    public void onSent(long upTo) {}

    @Override
    public void onReceived(int offset, int bytes) {}

    @Override
    public void onFailed(int status) {}
  }
}
