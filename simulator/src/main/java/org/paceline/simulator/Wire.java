// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;
import org.paceline.core.protocol.PassDoneEncoder;
import org.paceline.core.protocol.RenderEncoder;

/**
 * Both ends of a channel. It keeps what the transport SPI promises and no more: written memory is
 * read as late as that allows, writes land as early as they may, and what was under way when the
 * channel ends may or may not arrive.
 */
final class Wire {
  private static final int MAX_MESSAGE = 64 * 1024;
  private static final int MAX_BROADCASTS = 256;
  private static final int FINGERPRINT_BYTES = 16;
  private static final int HEADER_BYTES = 20;
  private static final int TEMPLATE_OFFSET = 2;
  private static final int MESSAGE = -1;
  private static final int END = -2;

  /**
   * What wires of one simulation share.
   *
   * @param carriesPasses whether the bytes of passes are copied at all
   * @param onTaint called when a message is damaged
   * @param onViolation called when a node breaks a rule of the transport SPI
   */
  record Conditions(
      VirtualTime time,
      Journal journal,
      SplittableRandom random,
      Traffic traffic,
      boolean carriesPasses,
      Runnable onTaint,
      Consumer<String> onViolation) {}

  /** Something on its way. */
  private static final class Frame {
    private final int regionId;
    private final long regionOffset;
    private final long length;
    private NativeMemory source;
    private long sourceOffset;
    private long fingerprint;
    private byte[] bytes;
    private long dueNs;
    private long arrivesForNs;
    private boolean landed;
    private boolean broadcast;

    Frame(int regionId, long regionOffset, long length) {
      this.regionId = regionId;
      this.regionOffset = regionOffset;
      this.length = length;
    }
  }

  private final Conditions conditions;
  private final VirtualTime time;
  private final SplittableRandom random;
  private final Line line;
  private final int number;
  final Ending host;
  final Ending worker;

  /** Whether a damaged message went through: its receiver knows better than to trust the peer. */
  private boolean tainted;

  /** A connection that a host asks for; the worker's end belongs to nobody yet. */
  Wire(Conditions conditions, Line line, int number, Node hostNode) {
    this.conditions = conditions;
    time = conditions.time();
    random = conditions.random();
    this.line = line;
    this.number = number;
    host = new Ending("the host", hostNode, true);
    worker = new Ending("the worker", null, false);
    host.peer = worker;
    worker.peer = host;
  }

  boolean isTainted() {
    return tainted;
  }

  boolean isOver() {
    return host.isClosed() && worker.isClosed();
  }

  /** The connection breaks: each end gets a part of what was on its way, and is told. */
  void cut() {
    host.breakOff("connection reset");
    worker.breakOff("connection reset");
  }

  private static long size(Frame frame) {
    return HEADER_BYTES + frame.length;
  }

  /** One end of it. */
  final class Ending implements Channel {
    private final String name;
    private final boolean isHost;
    private Node node;
    private final ArrayDeque<Frame> accepted = new ArrayDeque<>();
    private final ArrayDeque<Frame> incoming = new ArrayDeque<>();
    private final ArrayDeque<Frame> incomingBroadcast = new ArrayDeque<>();
    private final Map<Integer, NativeMemory> regions = new HashMap<>();
    private final UnsafeBuffer lent = new UnsafeBuffer(0, 0);
    private final Runnable pumpAndWake = this::pumpAndWake;
    private Ending peer;
    private boolean connected;
    private String closeReason;
    private long position;
    private long completed;
    private long received;
    private long acceptedBytes;
    private long inFlightBytes;
    private Frame leaving;
    private long leavingSinceNs;
    private long leftNs;
    private long toldReceived;
    private long lastDueNs;
    private long lastBroadcastDueNs;
    private boolean blocked;
    private long registeredBytes;
    private int unitsGiven;

    Ending(String name, Node node, boolean isHost) {
      this.name = name;
      this.node = node;
      this.isHost = isHost;
    }

    Line line() {
      return line;
    }

    /** Bytes that the peer may write into now. */
    long registeredBytes() {
      return registeredBytes;
    }

    /** Units that the peer was given and hasn't answered. */
    int unitsGiven() {
      return unitsGiven;
    }

    /** Messages can be exchanged from now on. */
    void connected() {
      if (!isClosed()) {
        connected = true;
        node.wake();
      }
    }

    /** Its node has accepted it. */
    void accepted(Node by) {
      node = by;
      connected();
    }

    // ---- sending

    @Override
    public long offer(DirectBuffer buffer, int offset, int length) {
      if (length < 1 || length > MAX_MESSAGE) {
        throw new IllegalArgumentException("a message of " + length + " bytes");
      }
      buffer.boundsCheck(offset, length);
      long refusal = refusal();
      if (refusal < 0) {
        return refusal;
      }
      Frame frame = new Frame(MESSAGE, 0, length);
      frame.bytes = new byte[length];
      buffer.getBytes(offset, frame.bytes);
      int template = buffer.getShort(offset + TEMPLATE_OFFSET, ByteOrder.LITTLE_ENDIAN);
      if (template == RenderEncoder.TEMPLATE_ID) {
        unitsGiven++;
      } else if (template == PassDoneEncoder.TEMPLATE_ID) {
        peer.unitsGiven--;
      }
      conditions.journal().note(number, template);
      conditions.traffic().messages(isHost);
      return accept(frame);
    }

    @Override
    public long write(
        int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
      if (regionOffset < 0 || length < 0) {
        throw new IllegalArgumentException("offset=" + regionOffset + " length=" + length);
      }
      source.checkBounds(sourceOffset, length);
      long refusal = refusal();
      if (refusal < 0) {
        return refusal;
      }
      Frame frame = new Frame(regionId, regionOffset, length);
      frame.source = source;
      frame.sourceOffset = sourceOffset;
      frame.fingerprint = fingerprint(frame);
      conditions.journal().note(number, length);
      return accept(frame);
    }

    private long refusal() {
      if (isClosed()) {
        return CLOSED;
      }
      if (!connected) {
        return NOT_CONNECTED;
      }
      pump();
      boolean full = acceptedBytes >= line.windowBytes;
      if (full || (line.pressure > 0 && random.nextDouble() < line.pressure)) {
        blocked = true;
        return BACK_PRESSURED;
      }
      return 0;
    }

    private long accept(Frame frame) {
      position += size(frame);
      acceptedBytes += size(frame);
      conditions.traffic().bytes(isHost, size(frame));
      accepted.add(frame);
      pump();
      return position;
    }

    /** Lets leave what the line takes. */
    private void pump() {
      while (!isClosed()) {
        if (leaving == null && !accepted.isEmpty() && inFlightBytes < line.windowBytes) {
          leaving = accepted.poll();
          leavingSinceNs = time.nowNs();
          leftNs = leavingSinceNs + (long) (size(leaving) * line.nsPerByte);
          if (leftNs > time.nowNs()) {
            time.at(leftNs, pumpAndWake);
          }
        }
        if (leaving == null || leftNs > time.nowNs()) {
          return;
        }
        Frame frame = leaving;
        leaving = null;
        leave(frame);
      }
    }

    private void pumpAndWake() {
      if (!isClosed()) {
        pump();
        node.wake();
      }
    }

    /** Its memory is read at the last moment. */
    private void leave(Frame frame) {
      acceptedBytes -= size(frame);
      inFlightBytes += size(frame);
      completed += size(frame);
      boolean isPass = !isHost;
      if (frame.source != null && (!isPass || conditions.carriesPasses())) {
        if (fingerprint(frame) != frame.fingerprint) {
          conditions.onViolation().accept("memory changed before it had been sent");
        }
        frame.bytes = new byte[Math.toIntExact(frame.length)];
        frame.source.getBytes(frame.sourceOffset, frame.bytes, 0, frame.bytes.length);
      }
      frame.source = null;
      if (frame.regionId == MESSAGE) {
        taint(damage(frame, line.damagedMessages));
      } else if (isHost) {
        damage(frame, line.damagedWrites);
      }
      frame.arrivesForNs = time.nowNs() - leavingSinceNs;
      peer.arrives(frame);
    }

    /** Some of a write's bytes. */
    private long fingerprint(Frame frame) {
      long fingerprint = 0;
      long stride = Math.max(1, frame.length / FINGERPRINT_BYTES);
      for (long i = 0; i < frame.length; i += stride) {
        fingerprint = ModelScene.mix(fingerprint, frame.source.getByte(frame.sourceOffset + i));
      }
      return fingerprint;
    }

    private void taint(boolean damaged) {
      if (damaged) {
        tainted = true;
        conditions.onTaint().run();
      }
    }

    private boolean damage(Frame frame, double chance) {
      if (chance == 0 || frame.bytes.length == 0 || random.nextDouble() >= chance) {
        return false;
      }
      frame.bytes[random.nextInt(frame.bytes.length)] ^= (byte) (1 << random.nextInt(8));
      return true;
    }

    @Override
    public long completedPosition() {
      return completed + part(leaving, leavingSinceNs, leftNs);
    }

    private long part(Frame frame, long sinceNs, long untilNs) {
      double whole = untilNs - sinceNs;
      long now = Math.max(sinceNs, Math.min(untilNs, time.nowNs()));
      return frame == null || whole == 0 ? 0 : (long) (size(frame) * ((now - sinceNs) / whole));
    }

    // ---- receiving

    /** Somebody else sends this to the peer's node; {@code bytes} are not changed. */
    void peerHears(int regionId, long regionOffset, byte[] bytes, boolean damaged) {
      peer.hears(regionId, regionOffset, bytes, damaged);
    }

    private void hears(int regionId, long regionOffset, byte[] bytes, boolean damaged) {
      Frame frame = new Frame(regionId, regionOffset, bytes.length);
      frame.bytes = bytes;
      if (damaged) {
        frame.bytes = bytes.clone();
        damage(frame, 1);
      }
      frame.broadcast = true;
      long delay = line.latencyNs + line.extraLatencyNs + jitter();
      frame.dueNs = Math.max(lastBroadcastDueNs, time.nowNs() + delay);
      lastBroadcastDueNs = frame.dueNs;
      incomingBroadcast.add(frame);
      node.wakeAt(frame.dueNs);
    }

    boolean hasRoomForBroadcast() {
      return isClosed() || peer.incomingBroadcast.size() < MAX_BROADCASTS;
    }

    private void arrives(Frame frame) {
      if (isClosed()) {
        return;
      }
      long due = time.nowNs() + line.latencyNs + line.extraLatencyNs + jitter();
      frame.dueNs = Math.max(lastDueNs, due);
      lastDueNs = frame.dueNs;
      incoming.add(frame);
      if (frame.regionId >= 0 && line.landsByItself) {
        time.at(frame.dueNs, () -> landByItself(frame));
      }
      node.wakeAt(frame.dueNs);
    }

    private long jitter() {
      return line.jitterNs == 0 ? 0 : random.nextLong(line.jitterNs);
    }

    private void landByItself(Frame frame) {
      boolean silent = line.silentUntilNs(isHost) > time.nowNs();
      if (!isClosed() && !silent && !frame.landed && regions.containsKey(frame.regionId)) {
        land(frame);
      }
    }

    @Override
    public long receivedBytes() {
      toldReceived = Math.max(toldReceived, received + arriving());
      return toldReceived;
    }

    /** What is here of the next thing, which may be under way for long. */
    private long arriving() {
      if (line.silentUntilNs(isHost) > time.nowNs()) {
        return 0;
      }
      Frame next = incoming.peek();
      if (next != null) {
        return part(next, next.dueNs - next.arrivesForNs, next.dueNs);
      }
      long latencyNs = line.latencyNs + line.extraLatencyNs + line.jitterNs;
      return part(peer.leaving, peer.leavingSinceNs + latencyNs, peer.leftNs + latencyNs);
    }

    @Override
    public void register(int regionId, NativeMemory memory) {
      if (regions.putIfAbsent(regionId, memory) != null) {
        throw new IllegalArgumentException("region " + regionId + " is taken");
      }
      registeredBytes += memory.lengthBytes();
    }

    @Override
    public void unregister(int regionId) {
      NativeMemory memory = regions.remove(regionId);
      registeredBytes -= memory == null ? 0 : memory.lengthBytes();
    }

    @Override
    public int poll(MessageHandler handler, int limit) {
      pump();
      if (line.silentUntilNs(isHost) > time.nowNs()) {
        node.wakeAt(line.silentUntilNs(isHost));
        return 0;
      }
      int work = 0;
      int messages = 0;
      for (Frame frame = nextDue(); frame != null && messages < limit; frame = nextDue()) {
        (frame.broadcast ? incomingBroadcast : incoming).remove();
        work++;
        messages += frame.regionId == MESSAGE ? 1 : 0;
        take(frame, handler);
      }
      return work;
    }

    private Frame nextDue() {
      if (isClosed()) {
        return null;
      }
      Frame own = due(incoming);
      Frame others = due(incomingBroadcast);
      return own == null || (others != null && random.nextBoolean()) ? others : own;
    }

    private Frame due(ArrayDeque<Frame> frames) {
      Frame frame = frames.peek();
      return frame != null && frame.dueNs <= time.nowNs() ? frame : null;
    }

    private void take(Frame frame, MessageHandler handler) {
      received += size(frame);
      if (!frame.broadcast && frame.regionId != END) {
        peer.inFlightBytes -= size(frame);
        peer.room();
      }
      if (frame.regionId == END) {
        closeReason = new String(frame.bytes, StandardCharsets.UTF_8);
        over();
      } else if (frame.regionId == MESSAGE) {
        lent.wrap(frame.bytes);
        handler.onMessage(this, lent, 0, frame.bytes.length);
      } else if (regions.containsKey(frame.regionId) && fits(frame)) {
        if (!frame.landed) {
          land(frame);
        }
      } else if (!frame.broadcast && !frame.landed) {
        close("a write into unknown region " + frame.regionId + ", or outside it");
      }
    }

    private boolean fits(Frame frame) {
      return frame.regionOffset + frame.length <= regions.get(frame.regionId).lengthBytes();
    }

    private void land(Frame frame) {
      if (frame.bytes != null && fits(frame)) {
        regions
            .get(frame.regionId)
            .putBytes(frame.regionOffset, frame.bytes, 0, frame.bytes.length);
        frame.landed = true;
      }
    }

    /** The peer has taken something: there is room again. */
    private void room() {
      if (blocked || !accepted.isEmpty()) {
        blocked = false;
        pump();
        node.wake();
      }
    }

    // ---- ending

    @Override
    public boolean isConnected() {
      return connected && !isClosed();
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
      if (!isClosed()) {
        conditions.journal().tell("worker%d: %s closes: %s", number, name, reason);
        closeReason = reason;
        over();
        peer.isTold("closed by peer");
      }
    }

    /** It can't be had. */
    void refused(String reason) {
      if (!isClosed()) {
        closeReason = reason;
        over();
        node.wake();
      }
    }

    /** Its machine has gone; the peer isn't told. */
    void vanish() {
      if (!isClosed()) {
        closeReason = "the machine is gone";
        over();
      }
    }

    private void isTold(String reason) {
      if (!isClosed() && node != null) {
        Frame frame = new Frame(END, 0, 0);
        frame.bytes = reason.getBytes(StandardCharsets.UTF_8);
        arrives(frame);
      }
    }

    private void breakOff(String reason) {
      for (int lost = random.nextInt(incoming.size() + 1); lost > 0; lost--) {
        incoming.removeLast();
      }
      isTold(reason);
    }

    private void over() {
      leaving = null;
      accepted.clear();
      incoming.clear();
      incomingBroadcast.clear();
      regions.clear();
      registeredBytes = 0;
    }
  }
}
