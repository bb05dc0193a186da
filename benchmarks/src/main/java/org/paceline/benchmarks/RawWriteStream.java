// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** The baseline: a plain socket, one write and read loop for each piece, no frames. */
final class RawWriteStream implements WriteStream {
  private final ByteBuffer source;
  private final ByteBuffer destination;
  private final SocketPair pair = new SocketPair();
  private final SpinningPeer peer;
  private long sentBytes;
  private volatile long receivedBytes;

  RawWriteStream(int sizeBytes) throws IOException {
    source = ByteBuffer.allocateDirect(sizeBytes);
    destination = ByteBuffer.allocateDirect(sizeBytes);
    peer = new SpinningPeer(BusySpinIdleStrategy.INSTANCE, this::receive);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private int receive() throws IOException {
    int count = pair.far.read(destination);
    if (count > 0) {
      receivedBytes += count;
    }
    if (!destination.hasRemaining()) {
      destination.clear();
    }
    return count;
  }

  @Override
  public void send() throws IOException {
    source.clear();
    while (source.hasRemaining()) {
      sentBytes += pair.near.write(source);
    }
  }

  @Override
  public void finish() {
    while (receivedBytes < sentBytes) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() throws IOException {
    peer.close();
    pair.close();
  }
}
