// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.paceline.api.transport.Endpoint;

/** A plain socket that says whatever a test wants. */
final class RawPeer implements Closeable {
  private final SocketChannel socket;

  private RawPeer(SocketChannel socket) {
    this.socket = socket;
  }

  static RawPeer connect(Endpoint listener) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return new RawPeer(SocketChannel.open(new InetSocketAddress(loopback, listener.port())));
  }

  static ByteBuffer preamble() {
    return ByteBuffer.allocate(Frame.PREAMBLE_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("PACELINE".getBytes(StandardCharsets.US_ASCII))
        .putInt(Frame.VERSION)
        .flip();
  }

  static ByteBuffer frame(int type, int regionId, long offset, long length, int payload) {
    return ByteBuffer.allocate(Frame.HEADER_BYTES + payload)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(regionId)
        .putLong(offset)
        .putLong(length)
        .position(0);
  }

  RawPeer send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      socket.write(bytes);
    }
    return this;
  }

  SocketChannel socket() {
    return socket;
  }

  /** Closes in a way that the other end sees as a lost connection. */
  void reset() throws IOException {
    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
