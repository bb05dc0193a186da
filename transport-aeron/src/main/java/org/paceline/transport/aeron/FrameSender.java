// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.ReservedValueSupplier;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FrameDescriptor;
import java.net.InetSocketAddress;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Outbound;

/**
 * Puts frames into a publication's term buffer, which is the queue.
 *
 * <p>Small writes are gathered until something else is sent, {@link #drive} is called or there are
 * enough of them: one Aeron message for each would cost more than what is in it. Of others at most
 * one is under way; while the term buffer is full and it waits, nothing else is accepted but
 * control frames. Positions count headers and payloads.
 */
final class FrameSender {
  /** A rotation of the log takes one more attempt. */
  private static final int ATTEMPTS = 3;

  private static final ReservedValueSupplier MESSAGE =
      (buffer, offset, length) -> Frame.value(Frame.MESSAGE, 0);

  private static final int MAX_GATHERED_BYTES = 8192;
  private static final int MAX_SMALL_BYTES = 1024;

  private final BufferClaim claim = new BufferClaim();
  private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
  private ExclusivePublication publication;
  private int maxPayload;
  private long acceptedPosition;

  private UnsafeBuffer gathered;
  private int gatheredBytes;

  private boolean writing;
  private boolean begun;
  private int regionId;
  private long regionOffset;
  private long sourceAddress;
  private long remaining;

  /** Sends here from now on. */
  void publication(ExclusivePublication value) {
    publication = value;
    maxPayload = value.maxPayloadLength();
    gathered = new UnsafeBuffer(new byte[Math.min(MAX_GATHERED_BYTES, maxPayload)]);
    gatheredBytes = 0;
  }

  static void checkMessage(DirectBuffer buffer, int offset, int length) {
    if (length < 1 || length > Frame.MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "a message of " + length + " bytes is not of 1.." + Frame.MAX_MESSAGE_BYTES);
    }
    buffer.boundsCheck(offset, length);
  }

  static void checkWrite(long regionOffset, NativeMemory source, long sourceOffset, long length) {
    source.checkBounds(sourceOffset, length);
    if (regionOffset < 0) {
      throw new IllegalArgumentException("regionOffset=" + regionOffset + " is negative");
    }
  }

  /** The position after the message, or {@link Outbound#BACK_PRESSURED}. */
  long message(DirectBuffer buffer, int offset, int length) {
    if (writing) {
      return Outbound.BACK_PRESSURED;
    }
    if (length <= maxPayload) {
      if (!claim(length, Frame.MESSAGE, 0)) {
        return Outbound.BACK_PRESSURED;
      }
      claim.buffer().putBytes(claim.offset(), buffer, offset, length);
      claim.commit();
    } else if (!offerLong(buffer, offset, length)) {
      return Outbound.BACK_PRESSURED;
    }
    acceptedPosition += length;
    return acceptedPosition;
  }

  private boolean offerLong(DirectBuffer buffer, int offset, int length) {
    if (!sendGathered()) {
      return false;
    }
    long result = Publication.ADMIN_ACTION;
    for (int i = 0; i < ATTEMPTS && result == Publication.ADMIN_ACTION; i++) {
      result = publication.offer(buffer, offset, length, MESSAGE);
    }
    return result > 0;
  }

  /** The position after the write, or {@link Outbound#BACK_PRESSURED} while another waits. */
  long write(int region, long offset, NativeMemory source, long sourceOffset, long length) {
    if (writing || !hasPlaceFor(length)) {
      return Outbound.BACK_PRESSURED;
    }
    regionId = region;
    regionOffset = offset;
    sourceAddress = source.address() + sourceOffset;
    remaining = length;
    acceptedPosition += Frame.WRITE_HEADER_BYTES + length;
    if (isSmall(length)) {
      Frame.putSmallHeader(gathered, gatheredBytes, region, offset, (int) length);
      putPayload(gathered, gatheredBytes + Frame.WRITE_HEADER_BYTES, (int) length);
      gatheredBytes = Frame.nextSmall(gatheredBytes, (int) length);
    } else {
      writing = true;
      begun = false;
      drive();
    }
    return acceptedPosition;
  }

  private boolean isSmall(long length) {
    return length <= MAX_SMALL_BYTES && Frame.WRITE_HEADER_BYTES + length <= gathered.capacity();
  }

  /** Whether a write can be put behind the gathered ones, if need be by sending these. */
  private boolean hasPlaceFor(long length) {
    boolean joins =
        isSmall(length) && gatheredBytes + Frame.WRITE_HEADER_BYTES + length <= gathered.capacity();
    return joins || sendGathered();
  }

  /** Whether none is gathered any more. */
  private boolean sendGathered() {
    if (gatheredBytes > 0) {
      if (!claimNext(gatheredBytes, Frame.WRITES, 0)) {
        return false;
      }
      claim.buffer().putBytes(claim.offset(), gathered, 0, gatheredBytes);
      claim.commit();
      gatheredBytes = 0;
    }
    return true;
  }

  private void putPayload(MutableDirectBuffer to, int at, int length) {
    if (length > 0) {
      payload.wrap(sourceAddress, length);
      to.putBytes(at, payload, 0, length);
      sourceAddress += length;
      remaining -= length;
    }
  }

  /** Goes on with what was accepted, as far as there is room; the Aeron messages sent. */
  int drive() {
    int sent = 0;
    if (gatheredBytes > 0 && sendGathered()) {
      sent++;
    }
    while (writing && drivePiece()) {
      sent++;
    }
    return sent;
  }

  /** Sends the next piece of the write under way, with the header if it is the first. */
  private boolean drivePiece() {
    int headerBytes = begun ? 0 : Frame.WRITE_HEADER_BYTES;
    int length = (int) Math.min(remaining, maxPayload - headerBytes);
    if (!claim(headerBytes + length, Frame.WRITE, regionId)) {
      return false;
    }
    byte flags = 0;
    if (!begun) {
      Frame.putWriteHeader(claim.buffer(), claim.offset(), regionOffset, remaining);
      flags = FrameDescriptor.BEGIN_FRAG_FLAG;
      begun = true;
    }
    putPayload(claim.buffer(), claim.offset() + headerBytes, length);
    writing = remaining > 0;
    claim.flags(writing ? flags : (byte) (flags | FrameDescriptor.END_FRAG_FLAG));
    claim.commit();
    return true;
  }

  /** Gives up what has not been sent: its memory is not read any more. */
  void abandon() {
    gatheredBytes = 0;
    writing = false;
    remaining = 0;
  }

  /**
   * Sends a HELLO or WELCOME.
   *
   * @param padded whether to fill a whole datagram, which the peer then knows to arrive
   * @return whether there was room
   */
  boolean greeting(int type, int replyPort, boolean padded) {
    if (!claim(padded ? maxPayload : Frame.GREETING_BYTES, Frame.GREETING, 0)) {
      return false;
    }
    Frame.putGreeting(claim.buffer(), claim.offset(), type, replyPort);
    claim.commit();
    return true;
  }

  /** Sends a frame without payload, ahead of the rest of a write; whether there was room. */
  boolean control(int type, int id) {
    if (!claim(0, type, id)) {
      return false;
    }
    claim.commit();
    return true;
  }

  /** Invites to a broadcast; whether there was room. */
  boolean join(int session, InetSocketAddress group) {
    if (!claim(Frame.JOIN_BYTES, Frame.JOIN, session)) {
      return false;
    }
    Frame.putJoin(claim.buffer(), claim.offset(), group);
    claim.commit();
    return true;
  }

  /** Whether there is room in the term buffer, behind what was gathered. */
  private boolean claim(int length, int type, int id) {
    return sendGathered() && claimNext(length, type, id);
  }

  private boolean claimNext(int length, int type, int id) {
    long result = publication.tryClaim(length, claim);
    for (int i = 1; i < ATTEMPTS && result == Publication.ADMIN_ACTION; i++) {
      result = publication.tryClaim(length, claim);
    }
    if (result <= 0) {
      return false;
    }
    claim.reservedValue(Frame.value(type, id));
    return true;
  }

  /** Whether a write waits for room. */
  boolean isWriting() {
    return writing;
  }

  /** Whether anything that was accepted has not been sent. */
  boolean hasUnsent() {
    return writing || gatheredBytes > 0;
  }

  /** Everything up to here has been copied or given up. */
  long completedPosition() {
    return acceptedPosition - remaining;
  }
}
