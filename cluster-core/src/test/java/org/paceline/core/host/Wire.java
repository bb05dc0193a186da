// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;

/** Both ends of a channel in one thread, with a latency in virtual time, and faults on demand. */
final class Wire {
  private static final int MAX_QUEUED = 64;
  private static final int MAX_MESSAGE = 64 * 1024;
  static final int MESSAGE = -1;
  private static final int CLOSING = -2;

  private record Frame(
      long dueNs, byte[] bytes, int regionId, long regionOffset, boolean broadcast) {}

  private final NanoClock clock;
  private final long latencyNs;
  final End host = new End("host");
  final End worker = new End("worker");
  private boolean silent;
  int corruptWrites;

  /** Longer frames don't arrive, and hold up what follows them, as on a path of a smaller MTU. */
  int longestFrame = Integer.MAX_VALUE;

  /** How much later than messages region writes arrive, and what is sent after them. */
  long writeLagNs;

  Wire(NanoClock clock, long latencyNs) {
    this.clock = clock;
    this.latencyNs = latencyNs;
    host.peer = worker;
    worker.peer = host;
  }

  /** Both ends learn that the other is gone. */
  void cut() {
    host.close("connection reset");
    worker.close("connection reset");
  }

  /** What was held up arrives: the sender found out what the path carries. */
  void unblock() {
    longestFrame = Integer.MAX_VALUE;
    for (End end : List.of(host, worker)) {
      end.stuck = false;
      end.peer.incoming.addAll(end.held);
      end.held.clear();
    }
  }

  /** Nothing arrives any more, and nobody is told. */
  void silence() {
    silent = true;
  }

  final class End implements Channel {
    private final String name;
    private final ArrayDeque<Frame> incoming = new ArrayDeque<>();
    private final ArrayDeque<Frame> broadcast = new ArrayDeque<>();
    private final Map<Integer, NativeMemory> regions = new HashMap<>();
    private final UnsafeBuffer lent = new UnsafeBuffer(0, 0);
    private End peer;
    private long position;
    private long received;
    private boolean stuck;
    private final List<Frame> held = new ArrayList<>();
    private String closeReason;
    long regionBytesSent;

    End(String name) {
      this.name = name;
    }

    @Override
    public long offer(DirectBuffer buffer, int offset, int length) {
      byte[] bytes = new byte[length];
      buffer.getBytes(offset, bytes);
      return send(new Frame(clock.nanoTime() + latencyNs, bytes, MESSAGE, 0, false));
    }

    @Override
    public long write(
        int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
      byte[] bytes = new byte[Math.toIntExact(length)];
      source.getBytes(sourceOffset, bytes, 0, bytes.length);
      if (corruptWrites > 0 && peer.incoming.size() < MAX_QUEUED) {
        corruptWrites--;
        bytes[bytes.length / 2] ^= 1;
      }
      long dueNs = clock.nanoTime() + latencyNs + writeLagNs;
      long result = send(new Frame(dueNs, bytes, regionId, regionOffset, false));
      regionBytesSent += result > 0 ? length : 0;
      return result;
    }

    private long send(Frame frame) {
      if (isClosed()) {
        return CLOSED;
      }
      if (peer.incoming.size() >= MAX_QUEUED) {
        return BACK_PRESSURED;
      }
      position += frame.bytes.length;
      if (frame.bytes.length > longestFrame) {
        stuck = true;
      }
      if (stuck) {
        held.add(frame);
      } else if (!silent) {
        peer.incoming.add(frame);
      }
      return position;
    }

    boolean hasRoomForBroadcast() {
      return isClosed() || peer.broadcast.size() < MAX_QUEUED;
    }

    /** What somebody else sends to the peer. */
    void broadcast(int regionId, long regionOffset, byte[] bytes) {
      if (!isClosed() && !silent) {
        peer.broadcast.add(
            new Frame(clock.nanoTime() + latencyNs, bytes, regionId, regionOffset, true));
      }
    }

    @Override
    public long completedPosition() {
      return position;
    }

    @Override
    public long receivedBytes() {
      return received;
    }

    @Override
    public void register(int regionId, NativeMemory memory) {
      if (regions.put(regionId, memory) != null) {
        throw new IllegalArgumentException("region " + regionId + " is taken");
      }
    }

    @Override
    public void unregister(int regionId) {
      regions.remove(regionId);
    }

    @Override
    public int poll(MessageHandler handler, int limit) {
      int messages = 0;
      while (messages < limit && !isClosed() && !silent) {
        Frame frame =
            isDue(broadcast) ? broadcast.poll() : isDue(incoming) ? incoming.poll() : null;
        if (frame == null) {
          return messages;
        }
        received += 1 + frame.bytes.length;
        if (frame.regionId == CLOSING) {
          closeReason = "closed by peer";
        } else if (frame.regionId < 0) {
          messages++;
          lent.wrap(frame.bytes);
          handler.onMessage(this, lent, 0, frame.bytes.length);
        } else {
          NativeMemory region = regions.get(frame.regionId);
          if (region != null) {
            region.putBytes(frame.regionOffset, frame.bytes, 0, frame.bytes.length);
          } else if (!frame.broadcast) {
            close("write into unknown region " + frame.regionId);
          }
        }
      }
      return messages;
    }

    private boolean isDue(ArrayDeque<Frame> frames) {
      return !frames.isEmpty() && frames.peek().dueNs - clock.nanoTime() <= 0;
    }

    @Override
    public boolean isConnected() {
      return !isClosed();
    }

    @Override
    public boolean isClosed() {
      return closeReason != null;
    }

    @Override
    public String closeReason() {
      return closeReason == null ? "" : closeReason;
    }

    @Override
    public String peer() {
      return peer.name;
    }

    @Override
    public int maxMessageLength() {
      return MAX_MESSAGE;
    }

    @Override
    public void close() {
      close("closed");
    }

    @Override
    public void close(String reason) {
      if (closeReason == null) {
        closeReason = reason;
        if (!silent) {
          peer.incoming.add(
              new Frame(clock.nanoTime() + latencyNs, new byte[0], CLOSING, 0, false));
        }
      }
    }
  }
}
