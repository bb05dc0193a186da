// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import io.aeron.logbuffer.FragmentHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;

/**
 * The baseline: offers of one publication, each piece in as few messages as Aeron allows, copied
 * out of the term buffer at the other end.
 */
final class AeronWriteStream implements WriteStream {
  private static final int FRAGMENT_LIMIT = 64;

  private final AeronPair pair;
  private final NativeMemory sourceMemory;
  private final NativeMemory destinationMemory;
  private final UnsafeBuffer source;
  private final UnsafeBuffer destination;
  private final SpinningPeer peer;
  private int destinationOffset;
  private long sentBytes;
  private volatile long receivedBytes;

  AeronWriteStream(AeronPair pair, int sizeBytes) {
    this.pair = pair;
    sourceMemory = NativeMemory.allocateZeroed(sizeBytes);
    destinationMemory = NativeMemory.allocateZeroed(sizeBytes);
    source = new UnsafeBuffer(sourceMemory.address(), sizeBytes);
    destination = new UnsafeBuffer(destinationMemory.address(), sizeBytes);
    FragmentHandler receive =
        (buffer, offset, length, header) -> {
          if (destinationOffset + length > sizeBytes) {
            destinationOffset = 0;
          }
          destination.putBytes(destinationOffset, buffer, offset, length);
          destinationOffset += length;
          countReceived(length);
        };
    peer = new SpinningPeer(pair.idle, () -> pair.far.incoming().poll(receive, FRAGMENT_LIMIT));
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void countReceived(int length) {
    receivedBytes += length;
  }

  @Override
  public void send() {
    int longest = pair.near.outgoing().maxMessageLength();
    for (int offset = 0; offset < source.capacity(); offset += longest) {
      int length = Math.min(longest, source.capacity() - offset);
      while (pair.near.outgoing().offer(source, offset, length) < 0) {
        if (!pair.near.outgoing().isConnected()) {
          throw new IllegalStateException("Aeron's far end is gone");
        }
        pair.idle.idle();
      }
      sentBytes += length;
    }
  }

  @Override
  public void finish() {
    while (receivedBytes < sentBytes) {
      pair.idle.idle();
    }
  }

  @Override
  public void close() {
    peer.close();
    pair.close();
    sourceMemory.close();
    destinationMemory.close();
  }
}
