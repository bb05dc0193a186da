// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;
import java.time.Duration;
import org.agrona.DirectBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A queue pair between two processes. */
final class RdmaChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(RdmaChannel.class);

  private static final Duration MIN_PATIENCE = Duration.ofSeconds(1);

  /** A completion's status after another one's has spoiled the queue pair. */
  private static final int FLUSHED = 5;

  private final Connection connection;
  private final String peer;
  private final Duration patience;
  private final long bornNs = System.nanoTime();
  private final Credits credits = new Credits();
  private final RemoteRegions remoteRegions = new RemoteRegions();
  private final LocalRegions localRegions = new LocalRegions();
  private final Incoming incoming = new Incoming();

  private QueuePair queuePair;
  private Outbox outbox;
  private Inbox inbox;
  private boolean closed;
  private boolean polling;
  private boolean flush;
  private int failure;
  private String lost;
  private String closeReason = "";
  private MessageHandler handler;

  /** Takes the connection over. */
  RdmaChannel(Connection connection, String peer, ClusterConfig config) {
    this.connection = connection;
    this.peer = peer;
    this.patience =
        config.heartbeatTimeout().compareTo(MIN_PATIENCE) > 0
            ? config.heartbeatTimeout()
            : MIN_PATIENCE;
  }

  @Override
  public long offer(DirectBuffer buffer, int offset, int length) {
    if (length < 1 || length > Frame.MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "a message of " + length + " bytes is not of 1.." + Frame.MAX_MESSAGE_BYTES);
    }
    buffer.boundsCheck(offset, length);
    if (!isConnected()) {
      return closed ? CLOSED : NOT_CONNECTED;
    }
    return localRegions.tell(outbox) ? outbox.message(buffer, offset, length) : BACK_PRESSURED;
  }

  @Override
  public long write(
      int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
    source.checkBounds(sourceOffset, length);
    if (regionOffset < 0) {
      throw new IllegalArgumentException("regionOffset=" + regionOffset + " is negative");
    }
    if (!isConnected()) {
      return closed ? CLOSED : NOT_CONNECTED;
    }
    return outbox.write(regionId, regionOffset, source, sourceOffset, length);
  }

  @Override
  public long completedPosition() {
    return outbox == null ? 0 : outbox.completedPosition();
  }

  @Override
  public long receivedBytes() {
    return inbox == null ? 0 : inbox.receivedBytes();
  }

  @Override
  public void register(int regionId, NativeMemory memory) {
    if (closed) {
      return;
    }
    localRegions.register(regionId, memory);
    try {
      localRegions.advance();
    } catch (IOException e) {
      end(e.getMessage());
    }
  }

  @Override
  public void unregister(int regionId) {
    localRegions.unregister(regionId);
  }

  @Override
  public int poll(MessageHandler messageHandler, int limit) {
    if (closed) {
      return 0;
    }
    polling = true;
    handler = messageHandler;
    try {
      return queuePair == null ? connect() : exchange(limit);
    } finally {
      polling = false;
      handler = null;
      if (closed) {
        release();
      }
    }
  }

  private int connect() {
    if (connection.isEstablished()) {
      queuePair = connection.queuePair();
      outbox =
          new Outbox(
              credits,
              remoteRegions,
              queuePair,
              queuePair.device().sources(),
              queuePair.sendMemory(),
              queuePair.localKey());
      inbox =
          new Inbox(
              credits,
              remoteRegions,
              localRegions,
              queuePair.receiveBuffer(),
              queuePair::postReceives);
      localRegions.connected(queuePair.device());
      try {
        outbox.greet();
      } catch (IOException e) {
        lose(e);
      }
      return 1;
    }
    if (connection.fault() != null) {
      end(
          "can't connect to "
              + peer
              + ": "
              + connection.fault()
              + "; is a worker listening there?");
      return 1;
    }
    checkHandshakeTimeout(" could not be reached within ");
    return 0;
  }

  private void checkHandshakeTimeout(String missing) {
    if (System.nanoTime() - bornNs > patience.toNanos()) {
      end(peer + missing + patience.toMillis() + " ms");
    }
  }

  private int exchange(int limit) {
    int work = 0;
    if (connection.lost() != null) {
      lose(connection.lost());
    }
    try {
      work += queuePair.poll(incoming);
      work += inbox.deliver(incoming, limit);
      if (inbox.fault() != null) {
        breach(inbox.fault());
      }
    } catch (IOException e) {
      lose(e);
    }
    if (lost == null && !closed) {
      work += send();
    }
    if (lost != null && inbox.isEmpty()) {
      end(lost);
    } else if (!closed && !inbox.isGreeted()) {
      checkHandshakeTimeout(" said nothing for ");
    }
    return work;
  }

  private int send() {
    localRegions.renewBudget();
    try {
      int work = localRegions.advance();
      localRegions.tell(outbox);
      return work + outbox.drive();
    } catch (IOException e) {
      lose(e);
      return 1;
    }
  }

  private void lose(IOException e) {
    lose(Verbs.text(e));
  }

  /** What the peer said before may explain why: that is read first. */
  private void lose(String why) {
    if (lost == null) {
      Integer region = localRegions.unobeyed();
      lost =
          "the connection to "
              + peer
              + " was lost: "
              + why
              + (region == null
                  ? ""
                  : "; probably it was still writing to region "
                      + region
                      + " when that was unregistered");
    }
  }

  private void breach(String fault) {
    LOG.warn("closing the connection to {}: {}", peer, fault);
    end("closed the connection to " + peer + ": " + fault);
  }

  @Override
  public boolean isConnected() {
    return !closed && inbox != null && inbox.isGreeted();
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public String closeReason() {
    return closeReason;
  }

  @Override
  public String peer() {
    return peer;
  }

  @Override
  public int maxMessageLength() {
    return Frame.MAX_MESSAGE_BYTES;
  }

  @Override
  public void close() {
    close("closed on this side");
  }

  @Override
  public void close(String reason) {
    if (!closed && isConnected() && lost == null) {
      try {
        outbox.bye();
        outbox.drive();
        queuePair.poll(incoming);
        // Memory that is not this channel's may be gone when this returns.
        flush = outbox.isFlushed() && !outbox.readsSources();
      } catch (IOException e) {
        LOG.debug("while closing the connection to {}: {}", peer, Verbs.text(e));
      }
    }
    end(reason);
  }

  private void end(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    closeReason = reason;
    LOG.debug("{}: {}", peer, reason);
    localRegions.close();
    if (outbox != null) {
      outbox.abandon();
    }
    if (!polling) {
      release();
    }
  }

  /** Gives the queue pair back, once nothing of it is lent to a handler. */
  private void release() {
    connection.end(flush, patience);
  }

  private final class Incoming implements QueuePair.Completions, Inbox.Sink {
    @Override
    public void onSent(long upTo) {
      outbox.onSent(upTo);
    }

    @Override
    public void onReceived(int offset, int bytes) {
      inbox.onReceived(offset, bytes);
    }

    @Override
    public void onFailed(int status) {
      if (failure == 0 || failure == FLUSHED) {
        failure = status;
        lost = null;
        lose(Verbs.status(status));
      }
    }

    @Override
    public void onMessage(DirectBuffer buffer, int offset, int length) {
      handler.onMessage(RdmaChannel.this, buffer, offset, length);
    }

    @Override
    public void onFault(int regionId, long offset, long length) {
      breach(localRegions.faultOf(regionId, offset, length));
    }

    @Override
    public void onBye() {
      end(peer + " closed the connection");
    }

    @Override
    public boolean isClosed() {
      return closed;
    }
  }
}
