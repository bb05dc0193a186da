// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import java.net.InetSocketAddress;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Outbound;

/**
 * Puts frames into a publication's term buffer, which is the queue: there is no other.
 *
 * <p>At most one write is under way; while the term buffer is full and it waits, nothing else is
 * accepted but control frames. Positions count headers and payloads.
 */
final class FrameSender {
  /** A rotation of the log takes one more attempt. */
  private static final int ATTEMPTS = 3;

  private final BufferClaim claim = new BufferClaim();
  private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
  private final UnsafeBuffer header = new UnsafeBuffer(new byte[Frame.HEADER_BYTES]);
  private ExclusivePublication publication;
  private int maxFragment;
  private long acceptedPosition;

  private boolean writing;
  private int regionId;
  private long regionOffset;
  private long sourceAddress;
  private long remaining;

  /** Sends here from now on. */
  void publication(ExclusivePublication value) {
    publication = value;
    maxFragment = value.maxPayloadLength() - Frame.HEADER_BYTES;
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
    if (length <= maxFragment) {
      if (!claim(Frame.HEADER_BYTES + length)) {
        return Outbound.BACK_PRESSURED;
      }
      Frame.put(claim.buffer(), claim.offset(), Frame.MESSAGE, 0, 0, 0);
      claim.buffer().putBytes(claim.offset() + Frame.HEADER_BYTES, buffer, offset, length);
      claim.commit();
    } else if (!offerLong(buffer, offset, length)) {
      return Outbound.BACK_PRESSURED;
    }
    acceptedPosition += Frame.HEADER_BYTES + length;
    return acceptedPosition;
  }

  private boolean offerLong(DirectBuffer buffer, int offset, int length) {
    Frame.put(header, 0, Frame.MESSAGE, 0, 0, 0);
    long result = Publication.ADMIN_ACTION;
    for (int i = 0; i < ATTEMPTS && result == Publication.ADMIN_ACTION; i++) {
      result = publication.offer(header, 0, Frame.HEADER_BYTES, buffer, offset, length);
    }
    return result > 0;
  }

  /** The position after the write, or {@link Outbound#BACK_PRESSURED} while another waits. */
  long write(int region, long offset, NativeMemory source, long sourceOffset, long length) {
    if (writing) {
      return Outbound.BACK_PRESSURED;
    }
    writing = true;
    regionId = region;
    regionOffset = offset;
    sourceAddress = source.address() + sourceOffset;
    remaining = length;
    acceptedPosition += Frame.HEADER_BYTES + length;
    drive();
    return acceptedPosition;
  }

  /** Goes on with the write under way, as far as there is room; the fragments sent. */
  int drive() {
    int sent = 0;
    while (writing) {
      int length = (int) Math.min(remaining, maxFragment);
      if (!claim(Frame.HEADER_BYTES + length)) {
        break;
      }
      Frame.put(claim.buffer(), claim.offset(), Frame.WRITE, regionId, regionOffset, remaining);
      if (length > 0) {
        payload.wrap(sourceAddress, length);
        claim.buffer().putBytes(claim.offset() + Frame.HEADER_BYTES, payload, 0, length);
      }
      claim.commit();
      regionOffset += length;
      sourceAddress += length;
      remaining -= length;
      writing = remaining > 0;
      sent++;
    }
    return sent;
  }

  /** Gives the write under way up: its memory is not read any more. */
  void abandon() {
    writing = false;
    remaining = 0;
  }

  /** Sends a HELLO or WELCOME; whether there was room. */
  boolean greeting(int type, int replyPort) {
    if (!claim(Frame.HEADER_BYTES)) {
      return false;
    }
    Frame.putGreeting(claim.buffer(), claim.offset(), type, replyPort);
    claim.commit();
    return true;
  }

  /** Sends a frame that is only a header, ahead of the rest of a write; whether there was room. */
  boolean control(int type, int id) {
    if (!claim(Frame.HEADER_BYTES)) {
      return false;
    }
    Frame.put(claim.buffer(), claim.offset(), type, id, 0, 0);
    claim.commit();
    return true;
  }

  /** Invites to a broadcast; whether there was room. */
  boolean join(int session, InetSocketAddress group) {
    if (!claim(Frame.JOIN_BYTES)) {
      return false;
    }
    Frame.putJoin(claim.buffer(), claim.offset(), session, group);
    claim.commit();
    return true;
  }

  private boolean claim(int length) {
    long result = publication.tryClaim(length, claim);
    for (int i = 1; i < ATTEMPTS && result == Publication.ADMIN_ACTION; i++) {
      result = publication.tryClaim(length, claim);
    }
    return result > 0;
  }

  boolean isWriting() {
    return writing;
  }

  /** Everything up to here is in the term buffer or given up. */
  long completedPosition() {
    return acceptedPosition - remaining;
  }
}
