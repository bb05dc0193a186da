// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Image;
import java.net.InetSocketAddress;
import org.agrona.DirectBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;
import org.paceline.api.transport.Regions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two Aeron streams, one each way, over UDP or IPC. */
final class AeronChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(AeronChannel.class);

  /** Frames in one poll; the reader stops at a number of bytes, too. */
  private static final int POLL_FRAMES = 4096;

  private final Connection connection;
  private final String peer;
  private final Reception reception;
  private final long livenessNs;
  private final long bornNs = System.nanoTime();
  private final Regions regions = new Regions();
  private final FrameSender sender = new FrameSender();
  private final FrameReader reader = new FrameReader(regions, new Incoming());

  private boolean connected;
  private boolean closed;
  private boolean polling;
  private boolean lost;
  private boolean unheard;
  private long unheardSinceNs;
  private String closeReason = "";

  private MessageHandler handler;
  private int limit;
  private int delivered;

  private Audience audience;
  private boolean heedsBroadcast;
  private int broadcastSession;
  private long broadcastBytes;

  /**
   * Takes the connection over.
   *
   * @param reception where it came in; null at the end that dialled
   */
  AeronChannel(Connection connection, String peer, Reception reception, ClusterConfig config) {
    this.connection = connection;
    this.peer = peer;
    this.reception = reception;
    this.livenessNs = MediaDrivers.liveness(config).toNanos();
  }

  @Override
  public long offer(DirectBuffer buffer, int offset, int length) {
    FrameSender.checkMessage(buffer, offset, length);
    if (!connected || closed) {
      return closed ? CLOSED : NOT_CONNECTED;
    }
    return sender.message(buffer, offset, length);
  }

  @Override
  public long write(
      int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
    FrameSender.checkWrite(regionOffset, source, sourceOffset, length);
    if (!connected || closed) {
      return closed ? CLOSED : NOT_CONNECTED;
    }
    return sender.write(regionId, regionOffset, source, sourceOffset, length);
  }

  @Override
  public long completedPosition() {
    return sender.completedPosition();
  }

  @Override
  public long receivedBytes() {
    return reader.receivedBytes()
        + broadcastBytes
        + (audience == null ? 0 : audience.receivedBytes());
  }

  @Override
  public void register(int regionId, NativeMemory memory) {
    regions.register(regionId, memory);
  }

  @Override
  public void unregister(int regionId) {
    regions.unregister(regionId);
    if (reader.isWriting(regionId)) {
      // The rest of that write has nowhere to go.
      end(peer + " was still writing to region " + regionId + " when it was unregistered");
    }
  }

  @Override
  public int poll(MessageHandler messageHandler, int messageLimit) {
    if (closed) {
      return 0;
    }
    polling = true;
    handler = messageHandler;
    limit = messageLimit;
    delivered = 0;
    try {
      return connected ? exchange() : connect();
    } finally {
      polling = false;
      handler = null;
      if (closed) {
        release();
      }
    }
  }

  private int connect() {
    try {
      connected = connection.poll();
    } catch (RuntimeException e) {
      end("can't connect to " + peer + ": " + MediaDrivers.sentence(e));
      return 1;
    }
    if (connection.fault() != null) {
      breach(connection.fault());
      return 1;
    }
    if (connected) {
      sender.publication(connection.publication());
      return 1;
    }
    if (System.nanoTime() - bornNs > livenessNs) {
      String missing =
          connection.isReached() ? " said nothing for " : " could not be reached within ";
      end(peer + missing + livenessNs / 1_000_000 + " ms");
    }
    return 0;
  }

  private int exchange() {
    int work = sender.drive();
    reader.begin();
    Image image = connection.image();
    int received = delivered < limit ? image.controlledPoll(reader, POLL_FRAMES) : 0;
    work += received;
    if (audience != null && !closed) {
      work += attend();
    }
    if (received == 0 && !closed) {
      checkEnd(image);
    } else {
      unheard = false;
    }
    return work;
  }

  /** There is nothing to read: is there ever going to be? */
  private void checkEnd(Image image) {
    if (image.isEndOfStream()) {
      peerClosed();
    } else if (image.isClosed() || connection.publication().isClosed()) {
      lost("the connection to " + peer + " was lost");
    } else if (connection.publication().isConnected()) {
      unheard = false;
    } else if (!unheard) {
      // Its last words may still be on their way.
      unheard = true;
      unheardSinceNs = System.nanoTime();
    } else if (System.nanoTime() - unheardSinceNs > livenessNs) {
      lost("the connection to " + peer + " was lost: it hears nothing any more");
    }
  }

  private void lost(String reason) {
    lost = true;
    end(reason);
  }

  private void peerClosed() {
    end(
        peer
            + (reader.isBetweenFrames()
                ? " closed the connection"
                : " closed the connection in the middle of a frame"));
  }

  /** Listens to the broadcast that the peer invited to. */
  private int attend() {
    int work = audience.poll(this, handler, limit - delivered);
    boolean listens = audience.isListening();
    if (listens != heedsBroadcast || audience.isGone()) {
      int answer = listens ? Frame.JOINED : Frame.LEFT;
      if (sender.control(answer, audience.session())) {
        heedsBroadcast = listens;
        work++;
        if (audience.isGone()) {
          dismissAudience();
        }
      }
    }
    return work;
  }

  private void dismissAudience() {
    broadcastBytes += audience.receivedBytes();
    audience.close();
    audience = null;
    heedsBroadcast = false;
  }

  /** Invites the peer to a broadcast; whether there was room to say so. */
  boolean invite(int session, InetSocketAddress group) {
    return isConnected() && sender.join(session, group);
  }

  /** Whether the peer says that it listens to this session's broadcast. */
  boolean isReachedBy(int session) {
    return isConnected() && heedsBroadcast && broadcastSession == session;
  }

  /** The way to the peer; null for IPC. Once connected. */
  Route route() {
    return connection.route();
  }

  /** Whether this is a host's end, which may invite to broadcasts. */
  boolean isInvitable() {
    return reception == null;
  }

  private final class Incoming implements FrameReader.Sink {
    @Override
    public boolean onMessage(DirectBuffer buffer, int offset, int length) {
      delivered++;
      handler.onMessage(AeronChannel.this, buffer, offset, length);
      return delivered < limit && !closed;
    }

    @Override
    public boolean onControl(int type, int id, DirectBuffer buffer, int offset, int length) {
      switch (type) {
        case Frame.BYE -> peerClosed();
        case Frame.JOIN -> onInvitation(id, buffer, offset, length);
        default -> onAnswer(type == Frame.JOINED, id);
      }
      return !closed;
    }

    @Override
    public void onBreach(String fault) {
      breach(fault);
    }
  }

  private void onInvitation(int session, DirectBuffer buffer, int offset, int length) {
    if (reception == null || connection.remote() == null) {
      breach("it invited to a broadcast, which only a host on a network does");
      return;
    }
    InetSocketAddress group = length == Frame.JOIN_BYTES ? Frame.group(buffer, offset) : null;
    if (group == null
        || !(group.getAddress().isMulticastAddress()
            || group.getAddress().equals(connection.remote()))) {
      breach("it invited to a broadcast that is neither a multicast group's nor its own");
      return;
    }
    if (audience != null) {
      dismissAudience();
    }
    audience = new Audience(reception, regions, session, group, connection.route().local());
  }

  private void onAnswer(boolean listens, int session) {
    if (reception != null) {
      breach("it answered an invitation that nobody gave");
    } else if (listens) {
      heedsBroadcast = true;
      broadcastSession = session;
    } else if (session == broadcastSession) {
      heedsBroadcast = false;
    }
  }

  private void breach(String fault) {
    LOG.warn("closing the connection to {}: {}", peer, fault);
    end("closed the connection to " + peer + ": " + fault);
  }

  @Override
  public boolean isConnected() {
    return connected && !closed;
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
    if (!closed && connected) {
      sender.drive();
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
    if (connected && !lost) {
      sender.control(Frame.BYE, 0);
    }
    if (!polling) {
      release();
    }
  }

  /** Gives the streams back, once nothing of them is lent to a handler. */
  private void release() {
    sender.abandon();
    regions.clear();
    if (audience != null) {
      dismissAudience();
    }
    connection.close(lost);
  }
}
