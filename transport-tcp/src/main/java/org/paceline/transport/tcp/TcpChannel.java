// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.MessageHandler;
import org.paceline.api.transport.Regions;
import org.paceline.api.transport.Sockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection. Among few, its socket is asked in each poll, which costs less than asking
 * which of them has something; among many, once it is known to be ready.
 */
final class TcpChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(TcpChannel.class);

  /** Work in one poll and direction, so that channels that share a thread all get their turn. */
  private static final long POLL_BYTES = 4 << 20;

  /** Arrived bytes thrown away on close; what stays unread makes the system reset the peer. */
  private static final int DISCARD_BYTES = 4 << 20;

  /** Of whoever doesn't begin as this protocol does. */
  private static final String NOT_PACELINE = "it isn't Paceline";

  private static final Duration MIN_HANDSHAKE_TIMEOUT = Duration.ofSeconds(1);

  private final String peer;
  private final Regions regions = new Regions();
  private final FrameDecoder decoder = new FrameDecoder(regions);
  private final Duration handshakeTimeout;
  private final long bornNs = System.nanoTime();

  private final Sockets.Owner owner = this::ready;

  private Connector connector;
  private SocketChannel socket;
  private SendQueue queue;
  private Receiver receiver;
  private Sockets sockets;
  private SelectionKey key;
  private boolean readable = true;
  private boolean writable = true;
  private long receivedBytes;
  private boolean connected;
  private boolean closed;
  private boolean polling;
  private boolean atEnd;
  private String lost;
  private String closeReason = "";

  private TcpChannel(Connector connector, SocketChannel socket, String peer, ClusterConfig config) {
    this.connector = connector;
    this.socket = socket;
    this.peer = peer;
    this.handshakeTimeout =
        config.heartbeatTimeout().compareTo(MIN_HANDSHAKE_TIMEOUT) > 0
            ? config.heartbeatTimeout()
            : MIN_HANDSHAKE_TIMEOUT;
    if (socket != null) {
      open();
    }
  }

  /** Buffers are for those who have reached somebody. */
  private void open() {
    queue = new SendQueue();
    receiver = new Receiver(decoder);
    queue.preamble();
  }

  static TcpChannel connecting(Endpoint endpoint, ClusterConfig config) {
    Connector connector = new Connector(endpoint, config.socketBufferBytes());
    return new TcpChannel(connector, null, endpoint.toString(), config);
  }

  static TcpChannel accepted(SocketChannel socket, String peer, ClusterConfig config) {
    return new TcpChannel(null, socket, peer, config);
  }

  @Override
  public long offer(DirectBuffer buffer, int offset, int length) {
    if (length < 1 || length > Frame.MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "a message of " + length + " bytes is not of 1.." + Frame.MAX_MESSAGE_BYTES);
    }
    buffer.boundsCheck(offset, length);
    if (!connected || closed) {
      return closed ? CLOSED : NOT_CONNECTED;
    }
    return queue.message(buffer, offset, length);
  }

  @Override
  public long write(
      int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
    source.checkBounds(sourceOffset, length);
    if (regionOffset < 0) {
      throw new IllegalArgumentException("regionOffset=" + regionOffset + " is negative");
    }
    if (!connected || closed) {
      return closed ? CLOSED : NOT_CONNECTED;
    }
    return queue.write(regionId, regionOffset, source, sourceOffset, length);
  }

  @Override
  public long completedPosition() {
    return queue == null ? 0 : queue.sentPosition();
  }

  @Override
  public long receivedBytes() {
    return receivedBytes;
  }

  @Override
  public void register(int regionId, NativeMemory memory) {
    regions.register(regionId, memory);
  }

  @Override
  public void unregister(int regionId) {
    regions.unregister(regionId);
    if (decoder.isWriting(regionId)) {
      // The rest of that write has nowhere to go.
      end(peer + " was still writing to region " + regionId + " when it was unregistered");
    }
  }

  @Override
  public int poll(MessageHandler handler, int limit) {
    if (closed) {
      return 0;
    }
    boolean askAll = sockets == null || !sockets.areMany();
    readable |= askAll;
    writable |= askAll;
    polling = true;
    try {
      int work = 0;
      if (socket == null) {
        work += connect();
      }
      if (socket != null) {
        work += send();
        boolean blocked = !queue.isEmpty();
        if (readable) {
          work += receive(handler, limit);
        }
        if (!blocked) {
          work += send();
        }
      }
      if (!connected && !closed) {
        checkHandshakeTimeout();
      }
      return work;
    } finally {
      polling = false;
      if (closed) {
        release();
      }
    }
  }

  @Override
  public boolean watch(Sockets of) {
    sockets = of;
    watchSocket(socket, SelectionKey.OP_READ);
    return true;
  }

  /** Has the sockets tell of this one; null for none. */
  private void watchSocket(SocketChannel watched, int operations) {
    if (sockets == null || watched == null) {
      return;
    }
    try {
      if (key == null || key.channel() != watched) {
        key = sockets.add(watched, operations, owner);
      } else if (key.interestOps() != operations) {
        key.interestOps(operations);
      }
    } catch (ClosedChannelException e) {
      LOG.debug("{} closed before it was watched", peer);
    }
  }

  private void ready(int operations) {
    readable |= (operations & ~SelectionKey.OP_WRITE) != 0;
    writable |= (operations & SelectionKey.OP_WRITE) != 0;
  }

  private int connect() {
    SocketChannel attempt = connector.attempt();
    if (attempt != null && !readable) {
      return 0;
    }
    readable = false;
    try {
      socket = connector.poll();
    } catch (IOException | RuntimeException e) {
      end(connector.failure(text(e)));
    }
    if (socket != null) {
      open();
      readable = true;
      watchSocket(socket, SelectionKey.OP_READ);
    } else if (!closed) {
      watchSocket(connector.attempt(), SelectionKey.OP_CONNECT);
    }
    return socket == null ? 0 : 1;
  }

  private void checkHandshakeTimeout() {
    if (System.nanoTime() - bornNs > handshakeTimeout.toNanos()) {
      long limitMs = handshakeTimeout.toMillis();
      end(
          socket == null
              ? peer + " could not be reached within " + limitMs + " ms"
              : "something answers at "
                  + peer
                  + ", but "
                  + NOT_PACELINE
                  + " (silent for "
                  + limitMs
                  + " ms)");
    }
  }

  private int send() {
    if (closed || lost != null || queue.isEmpty() || !writable) {
      return 0;
    }
    try {
      long sent = queue.send(socket, POLL_BYTES);
      boolean all = queue.isEmpty();
      writable = all || sent >= POLL_BYTES;
      watchSocket(
          socket, all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      return sent > 0 ? 1 : 0;
    } catch (IOException e) {
      readable = true;
      // What the peer said before it left may explain why: read that first.
      lost = "the connection to " + peer + " was lost: " + text(e);
      return 1;
    }
  }

  private int receive(MessageHandler handler, int limit) {
    int work = 0;
    int delivered = 0;
    long readBytes = 0;
    while (delivered < limit && !closed) {
      switch (receiver.next()) {
        case PREAMBLE -> connected = true;
        case MESSAGE -> {
          delivered++;
          work++;
          handler.onMessage(
              this, receiver.messages(), (int) decoder.messageOffset(), decoder.messageLength());
        }
        case WRITE -> work++;
        case BROKEN -> breach();
        case NEEDS_MORE -> {
          if (atEnd) {
            endOfStream();
          } else if (readBytes > 0 && (receiver.isDrained() || readBytes >= POLL_BYTES)) {
            readable = readBytes >= POLL_BYTES;
            return work;
          } else {
            long count = read();
            if (count > 0) {
              work++;
              readBytes += count;
              receivedBytes += count;
            } else if (count == 0) {
              if (lost != null) {
                end(lost);
              }
              readable = false;
              return work;
            }
          }
        }
      }
    }
    return work;
  }

  /** Bytes read; at the end of the stream -1, and then {@link #atEnd} is set. */
  private long read() {
    try {
      long count = receiver.read(socket);
      atEnd = count < 0;
      return count;
    } catch (IOException e) {
      atEnd = true;
      if (lost == null) {
        lost = "the connection to " + peer + " was lost: " + text(e);
      }
      return -1;
    }
  }

  private void endOfStream() {
    if (lost != null) {
      end(lost);
    } else if (!connected) {
      end(peer + " closed the connection before it said anything");
    } else if (receiver.isBetweenFrames()) {
      end(peer + " closed the connection");
    } else {
      end(peer + " closed the connection in the middle of a frame");
    }
  }

  private void breach() {
    end(
        connected
            ? "closed the connection to " + peer + ": " + decoder.fault()
            : "something answers at " + peer + ", but " + decoder.fault());
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
    if (closed) {
      return;
    }
    if (socket != null && lost == null) {
      try {
        handOver();
      } catch (IOException e) {
        LOG.debug("while closing the connection to {}: {}", peer, text(e));
      }
    }
    end(reason);
  }

  /** Gives the system what it takes at once, then says goodbye in a way that doesn't lose it. */
  private void handOver() throws IOException {
    queue.send(socket, Long.MAX_VALUE);
    socket.shutdownOutput();
    receiver.discard(socket, DISCARD_BYTES);
  }

  private void end(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    closeReason = reason;
    LOG.debug("{}: {}", peer, reason);
    CloseHelper.quietCloseAll(connector, socket);
    if (sockets != null) {
      sockets.closed();
    }
    if (!polling) {
      release();
    }
  }

  /** Frees memory, once nothing of it is lent to a handler. */
  private void release() {
    regions.clear();
    CloseHelper.closeAll(queue, receiver);
  }

  private static String text(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
