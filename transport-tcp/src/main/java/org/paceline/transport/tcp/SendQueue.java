// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/**
 * What a channel has accepted and not yet sent; bounded, in order.
 *
 * <p>Messages, headers and small writes are copied into a ring of staged bytes; a larger write
 * leaves its payload where it is. An operation is a run of staged bytes and the payload that
 * follows it, if any, so that neighbouring small frames leave as one piece and a header leaves with
 * its payload in one gathering write. Positions are byte counts of the stream.
 */
final class SendQueue implements AutoCloseable {
  /** Up to here a copy costs less than one more piece in a gathering write. */
  static final int INLINE_WRITE_BYTES = 4 << 10;

  /** Staged bytes that fit; small enough to stay in a core's cache. */
  static final int STAGING_BYTES = 256 << 10;

  /** Operations that fit. */
  static final int MAX_OPERATIONS = 1024;

  /**
   * Most bytes in one system call: what the call copies should still be in the cache when the
   * receiver, often on a core beside this one, copies it out.
   */
  private static final int BYTES_PER_CALL = 512 << 10;

  private static final int OPERATIONS_PER_CALL = 8;

  private final NativeMemory staging = NativeMemory.allocate(STAGING_BYTES);
  private final UnsafeBuffer stagingBuffer = new UnsafeBuffer(staging.address(), STAGING_BYTES);
  private final ByteBuffer[] stagingViews = new ByteBuffer[OPERATIONS_PER_CALL];
  private final MemoryWindows[] payloadViews = new MemoryWindows[OPERATIONS_PER_CALL];
  private final ByteBuffer[] pieces = new ByteBuffer[2 * OPERATIONS_PER_CALL];
  private long gatheredBytes;

  private final long[] stagedEnd = new long[MAX_OPERATIONS];
  private final int[] stagedLength = new int[MAX_OPERATIONS];
  private final long[] payloadAddress = new long[MAX_OPERATIONS];
  private final long[] payloadLength = new long[MAX_OPERATIONS];
  private long firstOperation;
  private long endOperation;

  private long stagedHead;
  private long stagedTail;
  private long acceptedPosition;
  private long sentPosition;

  SendQueue() {
    ByteBuffer whole = new Pointer(staging.address()).getByteBuffer(0, STAGING_BYTES);
    Arrays.setAll(stagingViews, i -> whole.duplicate());
    Arrays.setAll(payloadViews, i -> new MemoryWindows());
  }

  /** Queues the preamble; it is the first thing in every stream. */
  void preamble() {
    Frame.putPreamble(staging, stage(Frame.PREAMBLE_BYTES));
  }

  /** Queues a copy of a message; the position after it, or {@link Channel#BACK_PRESSURED}. */
  long message(DirectBuffer source, int offset, int length) {
    int at = stage(Frame.HEADER_BYTES + length);
    if (at < 0) {
      return Channel.BACK_PRESSURED;
    }
    Frame.putHeader(staging, at, Frame.TYPE_MESSAGE, 0, 0, length);
    source.getBytes(offset, stagingBuffer, at + Frame.HEADER_BYTES, length);
    return acceptedPosition;
  }

  /** Queues a region write; the position after it, or {@link Channel#BACK_PRESSURED}. */
  long write(int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
    boolean inline = length <= INLINE_WRITE_BYTES;
    int at = stage(Frame.HEADER_BYTES + (inline ? (int) length : 0));
    if (at < 0) {
      return Channel.BACK_PRESSURED;
    }
    Frame.putHeader(staging, at, Frame.TYPE_WRITE, regionId, regionOffset, length);
    if (inline) {
      staging.copyFrom(at + Frame.HEADER_BYTES, source, sourceOffset, length);
    } else {
      int last = slot(endOperation - 1);
      payloadAddress[last] = source.address() + sourceOffset;
      payloadLength[last] = length;
      acceptedPosition += length;
    }
    return acceptedPosition;
  }

  /** Room for so many contiguous bytes at the end of the stream; negative if there is none. */
  private int stage(int bytes) {
    if (isEmpty()) {
      // Start over: a quiet channel keeps using the same few cache lines.
      stagedHead = 0;
      stagedTail = 0;
    }
    int at = (int) stagedTail & (STAGING_BYTES - 1);
    int skipped = STAGING_BYTES - at < bytes ? STAGING_BYTES - at : 0;
    if (stagedTail + skipped + bytes - stagedHead > STAGING_BYTES) {
      return -1;
    }
    boolean wraps = at == 0 || skipped > 0;
    boolean extend = !isEmpty() && !wraps && payloadLength[slot(endOperation - 1)] == 0;
    if (!extend) {
      if (endOperation - firstOperation == MAX_OPERATIONS) {
        return -1;
      }
      int added = slot(endOperation++);
      stagedLength[added] = 0;
      payloadLength[added] = 0;
    }
    int last = slot(endOperation - 1);
    stagedTail += skipped + bytes;
    stagedEnd[last] = stagedTail;
    stagedLength[last] += bytes;
    acceptedPosition += bytes;
    return skipped == 0 ? at : 0;
  }

  /**
   * Sends at least one call's worth and about {@code budgetBytes} at most, stopping when the system
   * takes no more.
   *
   * @return bytes sent
   */
  long send(GatheringByteChannel out, long budgetBytes) throws IOException {
    long total = 0;
    while (!isEmpty() && total < budgetBytes) {
      int count = gather();
      long sent = count == 1 ? out.write(pieces[0]) : out.write(pieces, 0, count);
      consume(sent);
      total += sent;
      if (sent < gatheredBytes) {
        break;
      }
    }
    return total;
  }

  private int gather() {
    int count = 0;
    int view = 0;
    gatheredBytes = 0;
    for (long op = firstOperation;
        op < endOperation && view < OPERATIONS_PER_CALL && gatheredBytes < BYTES_PER_CALL;
        op++, view++) {
      int slot = slot(op);
      int staged = stagedLength[slot];
      if (staged > 0) {
        int start = (int) (stagedEnd[slot] - staged) & (STAGING_BYTES - 1);
        pieces[count++] = stagingViews[view].limit(start + staged).position(start);
        gatheredBytes += staged;
      }
      long length = payloadLength[slot];
      if (length > 0) {
        ByteBuffer piece =
            payloadViews[view].view(payloadAddress[slot], Math.min(length, BYTES_PER_CALL));
        pieces[count++] = piece;
        gatheredBytes += piece.remaining();
        if (piece.remaining() < length) {
          break;
        }
      }
    }
    return count;
  }

  private void consume(long sent) {
    sentPosition += sent;
    long left = sent;
    while (left > 0) {
      int slot = slot(firstOperation);
      long staged = Math.min(left, stagedLength[slot]);
      stagedLength[slot] -= (int) staged;
      stagedHead = stagedEnd[slot] - stagedLength[slot];
      left -= staged;
      long payload = Math.min(left, payloadLength[slot]);
      payloadAddress[slot] += payload;
      payloadLength[slot] -= payload;
      left -= payload;
      if (stagedLength[slot] == 0 && payloadLength[slot] == 0) {
        firstOperation++;
      }
    }
  }

  private static int slot(long operation) {
    return (int) operation & (MAX_OPERATIONS - 1);
  }

  boolean isEmpty() {
    return firstOperation == endOperation;
  }

  /** Bytes that the system has taken. */
  long sentPosition() {
    return sentPosition;
  }

  @Override
  public void close() {
    firstOperation = endOperation;
    staging.close();
  }
}
