// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.MessageHandler;

/** Two connected channels over loopback, both polled by the test's thread. */
final class Link implements AutoCloseable {
  static final ClusterConfig CONFIG = ClusterConfig.builder().build();
  static final Endpoint ANY_PORT = Endpoint.parse("localhost:0");
  private static final long PATIENCE_NS = 30_000_000_000L;

  final Listener listener;
  Channel client;
  Channel server;
  final List<byte[]> atClient = new ArrayList<>();
  final List<byte[]> atServer = new ArrayList<>();

  Link() {
    this(CONFIG);
  }

  Link(ClusterConfig config) {
    TcpTransport transport = new TcpTransport();
    listener = transport.listen(ANY_PORT, config);
    connect(transport, config);
  }

  void connect(TcpTransport transport, ClusterConfig config) {
    client = transport.connect(listener.endpoint(), config);
    server = null;
    until(
        () -> {
          if (server == null) {
            server = listener.accept();
          }
          pollBoth();
          return server != null && server.isConnected() && client.isConnected();
        });
  }

  void pollBoth() {
    client.poll(into(atClient), 16);
    if (server != null) {
      server.poll(into(atServer), 16);
    }
  }

  static MessageHandler into(List<byte[]> messages) {
    return (channel, buffer, offset, length) -> {
      byte[] message = new byte[length];
      buffer.getBytes(offset, message);
      messages.add(message);
    };
  }

  /** Polls both ends until the condition holds. */
  void pollUntil(BooleanSupplier condition) {
    until(
        () -> {
          pollBoth();
          return condition.getAsBoolean();
        });
  }

  static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it did not happen in time");
      }
      Thread.onSpinWait();
    }
  }

  static long offer(Channel channel, byte[] message) {
    return channel.offer(new UnsafeBuffer(message), 0, message.length);
  }

  static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  static NativeMemory memoryOf(byte[] bytes) {
    return NativeMemory.copyOf(new UnsafeBuffer(bytes), 0, bytes.length);
  }

  static byte[] bytesOf(NativeMemory memory, long offset, int length) {
    byte[] bytes = new byte[length];
    memory.getBytes(offset, bytes, 0, length);
    return bytes;
  }

  @Override
  public void close() {
    client.close();
    if (server != null) {
      server.close();
    }
    listener.close();
  }
}
