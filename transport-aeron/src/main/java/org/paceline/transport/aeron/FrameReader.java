// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.aeron.protocol.DataHeaderFlyweight;
import org.agrona.DirectBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Regions;

/**
 * Understands a peer's frames and trusts none of it: every number is checked before it is used, and
 * nothing is allocated by it. Writes go from the term buffer straight into their region.
 */
final class FrameReader implements ControlledFragmentHandler {
  /** Takes what is not a write. */
  interface Sink {
    /** One whole message; false to be called no more in this poll. */
    boolean onMessage(DirectBuffer buffer, int offset, int length);

    /** A control frame; false to be called no more in this poll. */
    boolean onControl(int type, int id, DirectBuffer buffer, int offset, int length);

    /** The peer broke the rules. */
    void onBreach(String fault);
  }

  /** Work in one poll, so that channels that share a thread all get their turn. */
  private static final long POLL_BYTES = 256 << 10;

  private final Sink sink;
  private final MessageAssembler assembler = new MessageAssembler();
  private final ArrivingWrite write;
  private long receivedBytes;
  private long pollLimitBytes;

  FrameReader(Regions regions, Sink sink) {
    this.write = new ArrivingWrite(regions);
    this.sink = sink;
  }

  /** A poll begins. */
  void begin() {
    pollLimitBytes = receivedBytes + POLL_BYTES;
  }

  @Override
  public Action onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    receivedBytes += DataHeaderFlyweight.HEADER_LENGTH + length;
    byte flags = header.flags();
    long value = header.reservedValue();
    if (MessageAssembler.isWhole(flags)) {
      return assembler.isAssembling()
          ? breach("it began a frame in the middle of another")
          : frame(value, buffer, offset, length);
    }
    boolean begins = MessageAssembler.begins(flags);
    if (write.isUnderWay()) {
      return begins
          ? breach("it began a frame in the middle of a write")
          : checked(land(buffer, offset, length, MessageAssembler.ends(flags)));
    }
    if (begins && Frame.type(value) == Frame.WRITE && !assembler.isAssembling()) {
      return checked(begin(Frame.id(value), buffer, offset, length, false));
    }
    if (begins && Frame.type(value) != Frame.MESSAGE) {
      return breach("it cut a frame in pieces that is neither a message nor a write");
    }
    return switch (assembler.add(flags, buffer, offset, length)) {
      case NEEDS_MORE -> Action.CONTINUE;
      case COMPLETE -> message(0, assembler.buffer(), 0, assembler.length());
      case TOO_LONG ->
          breach("it sent a message of more than " + Frame.MAX_MESSAGE_BYTES + " bytes");
      case OUT_OF_PLACE -> breach("it sent a piece of a frame that fits no other");
    };
  }

  private Action frame(long value, DirectBuffer buffer, int offset, int length) {
    int type = Frame.type(value);
    int id = Frame.id(value);
    return switch (type) {
      case Frame.MESSAGE -> message(id, buffer, offset, length);
      case Frame.WRITE -> write(id, buffer, offset, length);
      case Frame.WRITES -> writes(buffer, offset, offset + length);
      case Frame.JOIN, Frame.JOINED, Frame.LEFT, Frame.BYE ->
          sink.onControl(type, id, buffer, offset, length) ? Action.CONTINUE : Action.BREAK;
      default -> breach("it sent a frame of unknown type " + type);
    };
  }

  private Action message(int id, DirectBuffer buffer, int offset, int length) {
    if (length < 1 || length > Frame.MAX_MESSAGE_BYTES) {
      return breach(
          "it sent a message of " + length + " bytes, not of 1.." + Frame.MAX_MESSAGE_BYTES);
    }
    if (id != 0) {
      return breach("it sent a message that names a region");
    }
    if (write.isUnderWay()) {
      return breach("it sent a message in the middle of a write");
    }
    boolean more = sink.onMessage(buffer, offset, length);
    return more && receivedBytes < pollLimitBytes ? Action.CONTINUE : Action.BREAK;
  }

  private Action write(int regionId, DirectBuffer buffer, int offset, int length) {
    return write.isUnderWay()
        ? breach("it began a write in the middle of another")
        : checked(begin(regionId, buffer, offset, length, true));
  }

  private Action writes(DirectBuffer buffer, int offset, int end) {
    if (write.isUnderWay()) {
      return breach("it began a write in the middle of another");
    }
    int at = offset;
    String fault = null;
    while (fault == null && at + Frame.WRITE_HEADER_BYTES <= end) {
      int length = Frame.smallLength(buffer, at);
      int payload = at + Frame.WRITE_HEADER_BYTES;
      write.begin(Frame.smallRegion(buffer, at), Frame.smallOffset(buffer, at), length);
      fault = land(buffer, payload, Math.min(length, end - payload), true);
      at = Frame.nextSmall(at, length);
    }
    if (fault == null && at != end) {
      fault = "its small writes do not end where their frame does";
    }
    return checked(fault);
  }

  /** Takes a write's header and what follows it; what is wrong, null if nothing. */
  private String begin(int regionId, DirectBuffer buffer, int at, int length, boolean last) {
    if (length < Frame.WRITE_HEADER_BYTES) {
      return "it sent a write's header of " + length + " bytes";
    }
    write.begin(regionId, Frame.writeOffset(buffer, at), Frame.writeLength(buffer, at));
    return land(buffer, at + Frame.WRITE_HEADER_BYTES, length - Frame.WRITE_HEADER_BYTES, last);
  }

  private Action checked(String fault) {
    if (fault != null) {
      return breach(fault);
    }
    // Commit each: the sender may go on while the rest of this poll is copied.
    return receivedBytes < pollLimitBytes ? Action.COMMIT : Action.BREAK;
  }

  /** Takes the next, or last, piece of the write; what is wrong with it, null if nothing. */
  private String land(DirectBuffer buffer, int at, int length, boolean last) {
    NativeMemory region = write.region();
    if (region == null) {
      return "it wrote to region " + write.regionId() + ", which is not registered";
    }
    if (!write.fits(region)) {
      return "it wrote outside region "
          + write.regionId()
          + ": offset="
          + write.offset()
          + " length="
          + write.remaining()
          + " region="
          + region.lengthBytes();
    }
    if (length > write.remaining() || last != (length == write.remaining())) {
      String end = last ? " and ended it" : "";
      return "it sent " + length + " of " + write.remaining() + " bytes of a write" + end;
    }
    write.land(region, buffer, at, length);
    return null;
  }

  private Action breach(String fault) {
    sink.onBreach(fault);
    return Action.BREAK;
  }

  /** Payloads and Aeron's headers so far. */
  long receivedBytes() {
    return receivedBytes;
  }

  /** Whether the stream may end here. */
  boolean isBetweenFrames() {
    return !write.isUnderWay() && !assembler.isAssembling();
  }

  /** Whether a write into this region has begun and not ended. */
  boolean isWriting(int regionId) {
    return write.isUnderWay() && write.regionId() == regionId;
  }
}
