// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import static io.aeron.logbuffer.FrameDescriptor.FRAME_ALIGNMENT;
import static io.aeron.logbuffer.FrameDescriptor.frameLength;
import static io.aeron.logbuffer.FrameDescriptor.frameType;
import static io.aeron.protocol.DataHeaderFlyweight.HEADER_LENGTH;
import static io.aeron.protocol.DataHeaderFlyweight.sessionId;
import static io.aeron.protocol.DataHeaderFlyweight.streamId;
import static io.aeron.protocol.DataHeaderFlyweight.termId;
import static io.aeron.protocol.DataHeaderFlyweight.termOffset;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_DATA;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_PAD;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Finds, among what was received at once, frames that follow each other in a stream. */
final class FrameRuns {
  private FrameRuns() {}

  /**
   * Where the frames end that follow each other in a stream from {@code start} on.
   *
   * @param length of what was received, whoever sent it
   * @return at most {@code length}; {@code start} if no whole data frame is there
   */
  static int end(UnsafeBuffer buffer, int start, int length) {
    int at = start;
    while (at + HEADER_LENGTH <= length && continues(buffer, start, at)) {
      int type = frameType(buffer, at);
      int bytes = frameLength(buffer, at);
      if (type == HDR_TYPE_PAD || (type == HDR_TYPE_DATA && bytes == 0 && at == start)) {
        // a header alone: of the rest of a term, or a heartbeat
        return at + HEADER_LENGTH;
      }
      long aligned = BitUtil.align((long) bytes, FRAME_ALIGNMENT);
      if (type != HDR_TYPE_DATA || bytes < HEADER_LENGTH || at + aligned > length) {
        break;
      }
      at += (int) aligned;
    }
    return at;
  }

  private static boolean continues(UnsafeBuffer buffer, int start, int at) {
    return termOffset(buffer, at) == termOffset(buffer, start) + at - start
        && termId(buffer, at) == termId(buffer, start)
        && sessionId(buffer, at) == sessionId(buffer, start)
        && streamId(buffer, at) == streamId(buffer, start);
  }
}
