// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ScatteringByteChannel;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;

/**
 * Takes a peer's stream off the socket: small frames through a buffer, the payload of large writes
 * straight into the region.
 */
final class Receiver implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 << 10;

  private static final int SINK_BYTES = 64 << 10;

  /** From here on a write counts as large. */
  private static final int LARGE_WRITE_BYTES = 32 << 10;

  /**
   * What is read past a large write: enough for the header of the next one, little of its payload,
   * which would have to be copied.
   */
  private static final int AHEAD_OF_LARGE_WRITE_BYTES = 4 << 10;

  /** Most payload bytes in one system call; see {@link SendQueue} for why not more. */
  private static final int BYTES_PER_CALL = 512 << 10;

  private final NativeMemory buffer = NativeMemory.allocate(BUFFER_BYTES);
  private final UnsafeBuffer messages = new UnsafeBuffer(buffer.address(), BUFFER_BYTES);
  private final MemoryWindows bufferViews = new MemoryWindows();
  private final MemoryWindows regionViews = new MemoryWindows();
  private final ByteBuffer[] pieces = new ByteBuffer[2];
  private final FrameDecoder decoder;
  private int start;
  private int end;
  private int readAheadBytes = BUFFER_BYTES;
  private boolean drained;

  Receiver(FrameDecoder decoder) {
    this.decoder = decoder;
  }

  /** Decodes the next thing from what was read. */
  FrameDecoder.Step next() {
    FrameDecoder.Step step = decoder.next(buffer, start, end);
    start += (int) decoder.consumed();
    if (step == FrameDecoder.Step.WRITE) {
      if (decoder.payloadRemaining() >= LARGE_WRITE_BYTES) {
        readAheadBytes = AHEAD_OF_LARGE_WRITE_BYTES;
      }
    } else if (step == FrameDecoder.Step.MESSAGE) {
      readAheadBytes = BUFFER_BYTES;
    }
    return step;
  }

  /**
   * Reads once; call it when {@link #next} needs more.
   *
   * @return bytes read, or -1 at the end of the stream
   */
  long read(ScatteringByteChannel in) throws IOException {
    makeRoom();
    ByteBuffer ahead =
        bufferViews.view(buffer.address() + end, Math.min(readAheadBytes, BUFFER_BYTES - end));
    long payload = decoder.payloadRemaining();
    if (payload == 0) {
      int asked = ahead.remaining();
      int count = in.read(ahead);
      drained = count < asked;
      end += Math.max(count, 0);
      return count;
    }
    ByteBuffer direct =
        regionViews.view(decoder.payloadAddress(), Math.min(payload, BYTES_PER_CALL));
    int directBytes = direct.remaining();
    long asked = directBytes;
    long count;
    if (directBytes < payload) {
      count = in.read(direct);
    } else {
      asked += ahead.remaining();
      pieces[0] = direct;
      pieces[1] = ahead;
      count = in.read(pieces, 0, 2);
    }
    drained = count < asked;
    if (count > 0) {
      decoder.payloadReceived(Math.min(count, directBytes));
      end += (int) Math.max(count - directBytes, 0);
    }
    return count;
  }

  private void makeRoom() {
    if (start == end) {
      start = 0;
      end = 0;
    } else if (start > 0) {
      buffer.copyFrom(0, buffer, start, end - start);
      end -= start;
      start = 0;
    }
  }

  /** Whether the last read got all that had arrived. */
  boolean isDrained() {
    return drained;
  }

  /** Whether all that was read is decoded and the stream may end here. */
  boolean isBetweenFrames() {
    return start == end && decoder.betweenFrames();
  }

  /** The buffer that messages lie in, until the next {@link #read}. */
  UnsafeBuffer messages() {
    return messages;
  }

  /** Takes and forgets what has arrived, up to {@code limitBytes}. */
  void discard(ScatteringByteChannel in, int limitBytes) throws IOException {
    int total = 0;
    int count;
    // not into the buffer, where a message may lie that a handler has still been lent
    try (NativeMemory sink = NativeMemory.allocate(SINK_BYTES)) {
      do {
        count = in.read(bufferViews.view(sink.address(), SINK_BYTES));
        total += count;
      } while (count > 0 && total < limitBytes);
    }
  }

  @Override
  public void close() {
    buffer.close();
  }
}
