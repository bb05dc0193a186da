// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Understands what the peer SENDs and trusts none of it: every number is checked before it is used,
 * and nothing is allocated by it.
 *
 * <p>Headers are read as they arrive, frames when they are asked for, so that a slow reader does
 * not keep what the peer says of receives and revocations waiting.
 */
final class Inbox {
  /** Where frames go. */
  interface Sink {
    void onMessage(DirectBuffer buffer, int offset, int length);

    /** The peer can't carry out a write. */
    void onFault(int regionId, long offset, long length);

    void onBye();

    /** Whether nothing more is wanted. */
    boolean isClosed();
  }

  /** Posts a group of receives again. */
  interface Receives {
    void postReceives(int offset) throws IOException;
  }

  /** Far more than will ever be written, and far from overflowing. */
  private static final long MOST_WRITTEN = 1L << 62;

  private final Credits credits;
  private final RemoteRegions remoteRegions;
  private final LocalRegions localRegions;
  private final DirectBuffer buffer;
  private final Receives receives;
  private final int[] lengths = new int[Credits.RECEIVES];
  private final MutableDirectBuffer assembly = new UnsafeBuffer(new byte[Frame.MAX_MESSAGE_BYTES]);
  private long arrived;
  private long consumed;
  private int at;
  private int assembled;
  private long sentBytes;
  private long written;
  private String fault;

  Inbox(
      Credits credits,
      RemoteRegions remoteRegions,
      LocalRegions localRegions,
      DirectBuffer buffer,
      Receives receives) {
    this.credits = credits;
    this.remoteRegions = remoteRegions;
    this.localRegions = localRegions;
    this.buffer = buffer;
    this.receives = receives;
  }

  /** A SEND has arrived. */
  void onReceived(int offset, int bytes) {
    lengths[slot(arrived)] = bytes;
    sentBytes += bytes;
    if (fault == null) {
      fault =
          arrived == 0 ? Frame.preambleFault(buffer, offset, bytes) : headerFault(offset, bytes);
    }
    arrived++;
  }

  private String headerFault(int offset, int bytes) {
    if (bytes < Frame.HEADER_BYTES) {
      return "it sent " + bytes + " bytes, less than a header";
    }
    int frameBytes = Frame.frameBytes(buffer, offset);
    if (frameBytes != bytes - Frame.HEADER_BYTES || frameBytes % Frame.ALIGNMENT != 0) {
      return "it sent " + bytes + " bytes and says that " + frameBytes + " of them are frames";
    }
    long itsWritten = Frame.written(buffer, offset);
    if (itsWritten < written || itsWritten > MOST_WRITTEN) {
      return "it wrote " + itsWritten + " bytes in all, after " + written;
    }
    written = itsWritten;
    String wrong = credits.onGranted(Frame.granted(buffer, offset));
    return wrong != null ? wrong : localRegions.onObeyed(Frame.revoked(buffer, offset));
  }

  /** Whether the peer has shown that it speaks the same protocol. */
  boolean isGreeted() {
    return arrived > 0 && fault == null;
  }

  /** What the peer did wrong; null if nothing. */
  String fault() {
    return fault;
  }

  /** Bytes of the peer's SENDs, and of its writes as far as it told. */
  long receivedBytes() {
    return sentBytes + written;
  }

  /** Whether every frame that arrived has been handed over. */
  boolean isEmpty() {
    return arrived == consumed;
  }

  /**
   * Hands over frames until there are none, the sink wants no more, {@code limit} messages were
   * handed over or there is a {@link #fault}.
   *
   * @return how many frames
   * @throws IOException if receives can't be posted again
   */
  int deliver(Sink sink, int limit) throws IOException {
    int frames = 0;
    int messages = 0;
    while (fault == null && !isEmpty() && !sink.isClosed()) {
      int slot = slot(consumed);
      int start = slot * Frame.MAX_SEND_BYTES;
      int end = lengths[slot];
      if (at == 0) {
        at = consumed == 0 ? end : Frame.HEADER_BYTES;
      }
      if (at == end) {
        finishSlot(slot);
        continue;
      }
      int type = Frame.type(buffer, start + at);
      int length = Frame.length(buffer, start + at);
      int payload = at + Frame.FRAME_HEADER_BYTES;
      if (length < 0 || length > end - payload) {
        fault = "it sent a frame of " + length + " bytes where " + (end - payload) + " are left";
      } else if (type == Frame.MESSAGE) {
        if (messages == limit) {
          break;
        }
        messages++;
        at = payload + Frame.aligned(length);
        message(sink, start + payload, length);
      } else {
        at = payload + Frame.aligned(length);
        other(sink, type, start + payload, length);
      }
      frames++;
    }
    return frames;
  }

  private void message(Sink sink, int offset, int length) {
    if (assembled == 0 && length > 0) {
      sink.onMessage(buffer, offset, length);
    } else if (part(offset, length)) {
      int whole = assembled;
      assembled = 0;
      sink.onMessage(assembly, 0, whole);
    }
  }

  private boolean part(int offset, int length) {
    if (length == 0 || length > Frame.MAX_MESSAGE_BYTES - assembled) {
      fault = "it sent a message of " + length + " bytes after " + assembled;
      return false;
    }
    buffer.getBytes(offset, assembly, assembled, length);
    assembled += length;
    return true;
  }

  private void other(Sink sink, int type, int offset, int length) {
    int expected =
        switch (type) {
          case Frame.PART -> length;
          case Frame.ANNOUNCE -> Frame.ANNOUNCE_BYTES;
          case Frame.KEY -> Frame.KEY_BYTES;
          case Frame.REVOKE -> Frame.REVOKE_BYTES;
          case Frame.FAULT -> Frame.FAULT_BYTES;
          case Frame.BYE -> 0;
          default -> -1;
        };
    if (expected < 0) {
      fault = "it sent a frame of unknown type " + type;
    } else if (expected != length) {
      fault = "it sent a frame of type " + type + " and " + length + " bytes";
    } else {
      switch (type) {
        case Frame.PART -> part(offset, length);
        case Frame.ANNOUNCE ->
            fault =
                remoteRegions.announce(
                    Frame.regionId(buffer, offset),
                    Frame.rangeStart(buffer, offset),
                    Frame.rangeLength(buffer, offset));
        case Frame.KEY ->
            fault =
                remoteRegions.key(
                    Frame.regionId(buffer, offset),
                    Frame.keyPiece(buffer, offset),
                    Frame.key(buffer, offset));
        case Frame.REVOKE -> fault = remoteRegions.revoke(Frame.regionId(buffer, offset));
        case Frame.FAULT ->
            sink.onFault(
                Frame.regionId(buffer, offset),
                Frame.rangeStart(buffer, offset),
                Frame.rangeLength(buffer, offset));
        default -> sink.onBye();
      }
    }
  }

  private void finishSlot(int slot) throws IOException {
    at = 0;
    consumed++;
    if (consumed % Credits.GROUP == 0) {
      receives.postReceives((slot + 1 - Credits.GROUP) * Frame.MAX_SEND_BYTES);
      credits.onPosted();
    }
  }

  private static int slot(long number) {
    return (int) number & (Credits.RECEIVES - 1);
  }
}
