// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Regions;

/**
 * Understands a peer's byte stream, however it is cut into pieces, and trusts none of it: every
 * number is checked before it is used, and nothing is allocated by it.
 *
 * <p>{@link #next} is called with the bytes at hand until it wants more. Between two calls, {@link
 * #payloadRemaining} bytes of a region write may be taken off the stream by other means: read
 * straight into {@link #payloadAddress} and reported with {@link #payloadReceived}.
 */
final class FrameDecoder {
  /** What {@link #next} found. */
  enum Step {
    /** The bytes at hand end before anything whole. */
    NEEDS_MORE,
    /** The peer's preamble was right; comes once and first. */
    PREAMBLE,
    /** A message: {@link #messageOffset}, {@link #messageLength}. */
    MESSAGE,
    /** The payload of a write, or a part of it, went into its region. */
    WRITE,
    /** The peer broke the rules: {@link #fault}. Nothing more can be decoded. */
    BROKEN
  }

  private final Regions regions;
  private boolean started;
  private String fault;
  private long consumed;
  private long messageOffset;
  private int messageLength;
  private int writeRegionId;
  private NativeMemory writeRegion;
  private long writeOffset;
  private long writeRemaining;

  FrameDecoder(Regions regions) {
    this.regions = regions;
  }

  /** Decodes at most one thing from {@code [from, to)}; {@link #consumed} tells how far it went. */
  Step next(NativeMemory bytes, long from, long to) {
    consumed = 0;
    if (fault != null) {
      return Step.BROKEN;
    }
    if (!started) {
      return preamble(bytes, from, (int) Math.min(to - from, Frame.PREAMBLE_BYTES));
    }
    if (writeRemaining > 0) {
      return payload(bytes, from, to);
    }
    if (to - from < Frame.HEADER_BYTES) {
      return Step.NEEDS_MORE;
    }
    int type = Frame.type(bytes, from);
    if (type == Frame.TYPE_MESSAGE) {
      return message(bytes, from, to);
    }
    if (type == Frame.TYPE_WRITE) {
      return write(bytes, from, to);
    }
    return broken("it sent a frame of unknown type " + type);
  }

  private Step preamble(NativeMemory bytes, long from, int available) {
    String wrong = Frame.preambleFault(bytes, from, available);
    if (wrong != null) {
      return broken(wrong);
    }
    if (available < Frame.PREAMBLE_BYTES) {
      return Step.NEEDS_MORE;
    }
    started = true;
    consumed = Frame.PREAMBLE_BYTES;
    return Step.PREAMBLE;
  }

  private Step message(NativeMemory bytes, long from, long to) {
    long length = Frame.length(bytes, from);
    if (length < 1 || length > Frame.MAX_MESSAGE_BYTES) {
      return broken(
          "it sent a message of " + length + " bytes, not of 1.." + Frame.MAX_MESSAGE_BYTES);
    }
    if (Frame.regionId(bytes, from) != 0 || Frame.regionOffset(bytes, from) != 0) {
      return broken("it sent a message that names a region");
    }
    if (to - from < Frame.HEADER_BYTES + length) {
      return Step.NEEDS_MORE;
    }
    messageOffset = from + Frame.HEADER_BYTES;
    messageLength = (int) length;
    consumed = Frame.HEADER_BYTES + length;
    return Step.MESSAGE;
  }

  private Step write(NativeMemory bytes, long from, long to) {
    int regionId = Frame.regionId(bytes, from);
    long offset = Frame.regionOffset(bytes, from);
    long length = Frame.length(bytes, from);
    NativeMemory region = regions.find(regionId);
    if (region == null) {
      return broken("it wrote to region " + regionId + ", which is not registered");
    }
    if (offset < 0 || length < 0 || offset > region.lengthBytes() - length) {
      return broken(
          "it wrote outside region "
              + regionId
              + ": offset="
              + offset
              + " length="
              + length
              + " region="
              + region.lengthBytes());
    }
    writeRegionId = regionId;
    writeRegion = region;
    writeOffset = offset;
    writeRemaining = length;
    Step step = payload(bytes, from + Frame.HEADER_BYTES, to);
    consumed += Frame.HEADER_BYTES;
    return step == Step.NEEDS_MORE ? Step.WRITE : step;
  }

  private Step payload(NativeMemory bytes, long from, long to) {
    long count = Math.min(to - from, writeRemaining);
    if (count == 0) {
      return Step.NEEDS_MORE;
    }
    writeRegion.copyFrom(writeOffset, bytes, from, count);
    payloadReceived(count);
    consumed = count;
    return Step.WRITE;
  }

  private Step broken(String what) {
    fault = what;
    return Step.BROKEN;
  }

  /** Bytes that the last {@link #next} took. */
  long consumed() {
    return consumed;
  }

  /** Where the message that {@link #next} found begins. */
  long messageOffset() {
    return messageOffset;
  }

  /** How long the message is that {@link #next} found. */
  int messageLength() {
    return messageLength;
  }

  /** What the peer did wrong; null if nothing. */
  String fault() {
    return fault;
  }

  /** Whether the stream is between frames, where it may end. */
  boolean betweenFrames() {
    return started && writeRemaining == 0;
  }

  /** Bytes of a write still to come. */
  long payloadRemaining() {
    return writeRemaining;
  }

  /** Where the next byte of that write belongs. */
  long payloadAddress() {
    return writeRegion.address() + writeOffset;
  }

  /** Takes note of payload that was put in place without {@link #next}. */
  void payloadReceived(long count) {
    writeOffset += count;
    writeRemaining -= count;
    if (writeRemaining == 0) {
      writeRegion = null;
    }
  }

  /** Whether a write into this region has begun and not ended. */
  boolean isWriting(int regionId) {
    return writeRemaining > 0 && writeRegionId == regionId;
  }
}
