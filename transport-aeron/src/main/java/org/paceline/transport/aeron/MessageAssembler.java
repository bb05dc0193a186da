// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.logbuffer.FrameDescriptor;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts a message that Aeron cut into fragments together again, in a buffer of the longest message
 * that is allowed and no longer, whatever the peer says.
 */
final class MessageAssembler {
  /** What became of a fragment. */
  enum Step {
    /** It was one of several, not the last. */
    NEEDS_MORE,
    /** It was the last; {@link #buffer} holds {@link #length} bytes. */
    COMPLETE,
    /** It begins where another has not ended, or goes on where none has begun. */
    OUT_OF_PLACE,
    /** The whole is longer than a message may be. */
    TOO_LONG
  }

  private UnsafeBuffer buffer;
  private int length;
  private boolean assembling;

  static boolean isWhole(byte flags) {
    return (flags & FrameDescriptor.UNFRAGMENTED) == FrameDescriptor.UNFRAGMENTED;
  }

  /** Whether a fragment is the first of several, or whole. */
  static boolean begins(byte flags) {
    return (flags & FrameDescriptor.BEGIN_FRAG_FLAG) != 0;
  }

  /** Whether a fragment is the last of several, or whole. */
  static boolean ends(byte flags) {
    return (flags & FrameDescriptor.END_FRAG_FLAG) != 0;
  }

  /** Takes a fragment that {@link #isWhole} says is none of its own. */
  Step add(byte flags, DirectBuffer fragment, int offset, int fragmentLength) {
    boolean begins = begins(flags);
    if (begins == assembling) {
      assembling = false;
      return Step.OUT_OF_PLACE;
    }
    if (begins) {
      if (buffer == null) {
        buffer = new UnsafeBuffer(new byte[Frame.MAX_MESSAGE_BYTES]);
      }
      assembling = true;
      length = 0;
    }
    if (fragmentLength > buffer.capacity() - length) {
      assembling = false;
      return Step.TOO_LONG;
    }
    buffer.putBytes(length, fragment, offset, fragmentLength);
    length += fragmentLength;
    assembling = !ends(flags);
    return assembling ? Step.NEEDS_MORE : Step.COMPLETE;
  }

  /** Whether a message has begun and not ended. */
  boolean isAssembling() {
    return assembling;
  }

  /** Forgets what has begun. */
  void reset() {
    assembling = false;
  }

  UnsafeBuffer buffer() {
    return buffer;
  }

  int length() {
    return length;
  }
}
