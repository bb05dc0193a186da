// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;

/** Region writes over one of Paceline's transports. */
final class RegionWriteStream implements WriteStream {
  /** What may be queued behind {@link #send}: small writes can then leave together. */
  private static final long MAX_QUEUED_BYTES = 64 << 10;

  private static final int REGION = 1;

  private final int sizeBytes;
  private final long maxQueuedBytes;
  private final NativeMemory source;
  private final NativeMemory region;
  private final ChannelPair pair;
  private final SpinningPeer peer;
  private final UnsafeBuffer mark = new UnsafeBuffer(new byte[Long.BYTES]);
  private long answers;
  private long offset;
  private final MessageHandler onAnswer = (channel, buffer, offset, length) -> answers++;

  /** The same memory again and again, as pass slots are. */
  RegionWriteStream(ChannelPair pair, int sizeBytes) {
    this(pair, sizeBytes, MAX_QUEUED_BYTES);
  }

  /** The same with so much behind {@link #send}. */
  RegionWriteStream(ChannelPair pair, int sizeBytes, long maxQueuedBytes) {
    this(
        pair,
        sizeBytes,
        maxQueuedBytes,
        NativeMemory.allocateZeroed(sizeBytes),
        NativeMemory.allocateZeroed(sizeBytes));
  }

  /**
   * Piece by piece through memory of one length on both sides, as scenes are; it is released here.
   */
  RegionWriteStream(ChannelPair pair, int sizeBytes, NativeMemory source, NativeMemory region) {
    this(pair, sizeBytes, MAX_QUEUED_BYTES, source, region);
  }

  private RegionWriteStream(
      ChannelPair pair,
      int sizeBytes,
      long maxQueuedBytes,
      NativeMemory source,
      NativeMemory region) {
    this.pair = pair;
    this.sizeBytes = sizeBytes;
    this.maxQueuedBytes = maxQueuedBytes;
    this.source = source;
    this.region = region;
    pair.far.register(REGION, region);
    MessageHandler echo =
        (channel, buffer, offset, length) -> channel.offer(buffer, offset, length);
    // The near end may write once it has a message that was sent after the registration.
    while (pair.far.offer(mark, 0, mark.capacity()) == Channel.BACK_PRESSURED) {
      pair.far.poll(echo, 1);
    }
    peer = new SpinningPeer(pair.idle, () -> pair.far.poll(echo, 1));
    while (answers == 0) {
      poll();
    }
  }

  @Override
  public void send() {
    if (offset + sizeBytes > source.lengthBytes()) {
      offset = 0;
    }
    long position = pair.near.write(REGION, offset, source, offset, sizeBytes);
    while (position == Channel.BACK_PRESSURED) {
      poll();
      position = pair.near.write(REGION, offset, source, offset, sizeBytes);
    }
    offset += sizeBytes;
    while (position - pair.near.completedPosition() > maxQueuedBytes) {
      poll();
    }
  }

  @Override
  public void finish() {
    long expected = answers + 1;
    while (pair.near.offer(mark, 0, mark.capacity()) == Channel.BACK_PRESSURED) {
      poll();
    }
    while (answers < expected) {
      poll();
    }
  }

  private void poll() {
    pair.idle.idle(pair.near.poll(onAnswer, 1));
    if (pair.near.isClosed()) {
      throw new IllegalStateException(pair.near.closeReason());
    }
  }

  @Override
  public void close() {
    peer.close();
    pair.close();
    source.close();
    region.close();
  }
}
