// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.LongConsumer;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** The baseline: plain sockets, no frames, both ends spinning on a non-blocking read. */
final class RawEchoLink implements EchoLink {
  private static final int BUFFER_BYTES = 64 << 10;

  private final SocketPair pair = new SocketPair();
  private final SpinningPeer peer;
  private final ByteBuffer outgoing = ByteBuffer.allocateDirect(MESSAGE_BYTES);
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(BUFFER_BYTES);

  RawEchoLink() throws IOException {
    ByteBuffer echoed = ByteBuffer.allocateDirect(BUFFER_BYTES);
    peer =
        new SpinningPeer(
            BusySpinIdleStrategy.INSTANCE,
            () -> {
              int count = pair.far.read(echoed);
              if (count > 0) {
                echoed.flip();
                writeAll(pair.far, echoed);
                echoed.clear();
              }
              return count;
            });
  }

  private static void writeAll(SocketChannel socket, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      socket.write(bytes);
    }
  }

  @Override
  public boolean send(long stamp) throws IOException {
    outgoing.clear().putLong(0, stamp);
    writeAll(pair.near, outgoing);
    return true;
  }

  @Override
  public int poll(LongConsumer onEcho) throws IOException {
    if (pair.near.read(incoming) <= 0) {
      return 0;
    }
    int echoes = 0;
    incoming.flip();
    while (incoming.remaining() >= MESSAGE_BYTES) {
      onEcho.accept(incoming.getLong(incoming.position()));
      incoming.position(incoming.position() + MESSAGE_BYTES);
      echoes++;
    }
    incoming.compact();
    return echoes;
  }

  @Override
  public void close() throws IOException {
    peer.close();
    pair.close();
  }
}
