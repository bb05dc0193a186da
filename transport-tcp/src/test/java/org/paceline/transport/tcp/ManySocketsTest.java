// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Sockets;

/** Channels whose sockets are asked only once they are known to be ready, and agents that wait. */
@Timeout(60)
class ManySocketsTest {
  private static final int CHANNELS = 2 * Sockets.MANY;
  private static final int REGION = 7;

  private final ClusterConfig config = ClusterConfig.builder().build();
  private final TcpTransport transport = new TcpTransport();
  private final Sockets near = new Sockets();
  private final Sockets far = new Sockets();
  private final Listener listener = transport.listen(Endpoint.parse("127.0.0.1:0"), config);
  private final List<Channel> clients = new ArrayList<>();
  private final List<Channel> servers = new ArrayList<>();
  private final List<String> received = new ArrayList<>();

  @AfterEach
  void close() {
    clients.forEach(Channel::close);
    servers.forEach(Channel::close);
    listener.close();
    near.close();
    far.close();
  }

  private void connect(int channels) {
    assertTrue(listener.watch(far));
    for (int i = 0; i < channels; i++) {
      Channel client = transport.connect(listener.endpoint(), config);
      assertTrue(client.watch(near));
      clients.add(client);
    }
    pollUntil(
        () ->
            servers.size() == channels
                && servers.stream().allMatch(Channel::isConnected)
                && clients.stream().allMatch(Channel::isConnected));
  }

  private void pollUntil(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      poll();
    }
  }

  private void poll() {
    near.update();
    far.update();
    for (Channel server = listener.accept(); server != null; server = listener.accept()) {
      servers.add(server);
    }
    for (Channel client : clients) {
      client.poll((from, buffer, offset, length) -> {}, 4);
    }
    for (Channel server : servers) {
      server.poll(
          (from, buffer, offset, length) ->
              received.add(buffer.getStringWithoutLengthUtf8(offset, length)),
          4);
    }
  }

  private static boolean offer(Channel channel, String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    return channel.offer(new UnsafeBuffer(bytes), 0, bytes.length) > 0;
  }

  @Test
  void messagesArriveInOrderThoughAPollTakesOnlyAFew() {
    connect(CHANNELS);
    assertTrue(near.areMany() && far.areMany());
    for (int i = 0; i < 50; i++) {
      assertTrue(offer(clients.get(3), "message " + i));
    }
    assertTrue(offer(clients.get(CHANNELS - 1), "another"));
    pollUntil(() -> received.size() == 51);
    assertTrue(received.remove("another"));
    for (int i = 0; i < 50; i++) {
      assertEquals("message " + i, received.get(i));
    }
  }

  @Test
  void largeWritesGoOnAfterTheSystemTookNoMore() {
    connect(CHANNELS);
    byte[] bytes = new byte[32 << 20];
    new Random(1).nextBytes(bytes);
    try (NativeMemory source = NativeMemory.copyOf(new UnsafeBuffer(bytes), 0, bytes.length);
        NativeMemory region = NativeMemory.allocateZeroed(bytes.length)) {
      servers.get(0).register(REGION, region);
      Channel client = clients.get(indexOfPeer());
      assertTrue(client.write(REGION, 0, source, 0, bytes.length) > 0);
      assertTrue(offer(client, "all sent"));
      pollUntil(() -> received.contains("all sent"));
      byte[] arrived = new byte[bytes.length];
      new UnsafeBuffer(region.address(), bytes.length).getBytes(0, arrived);
      assertArrayEquals(bytes, arrived);
      servers.get(0).unregister(REGION);
    }
  }

  /** Which client the first server channel belongs to. */
  private int indexOfPeer() {
    for (int i = 0; i < clients.size(); i++) {
      String name = "client " + i;
      assertTrue(offer(clients.get(i), name));
      long before = servers.get(0).receivedBytes();
      pollUntil(() -> received.contains(name));
      if (servers.get(0).receivedBytes() > before) {
        return i;
      }
    }
    throw new AssertionError("nobody");
  }

  @Test
  void anIdleChannelReadsNothingAndALostOneIsNoticed() {
    connect(CHANNELS);
    clients.remove(5).close();
    pollUntil(() -> servers.stream().filter(Channel::isClosed).count() == 1);
    assertEquals(CHANNELS - 1, servers.stream().filter(Channel::isConnected).count());
  }

  @Test
  void nobodyListens() {
    connect(CHANNELS);
    listener.close();
    Channel late = transport.connect(listener.endpoint(), config);
    late.watch(near);
    clients.add(late);
    pollUntil(late::isClosed);
    assertTrue(late.closeReason().contains("refused"), late.closeReason());
  }

  /** For few as for many: a wait ends when something arrives, somebody comes, or on request. */
  @Test
  void aWaitEndsWhenSomethingArrives() {
    connect(1);
    assertFalse(far.areMany());
    long start = System.nanoTime();
    assertTrue(offer(clients.get(0), "wake up"));
    clients.get(0).poll((from, buffer, offset, length) -> {}, 1);
    far.await(30_000);
    pollUntil(() -> received.contains("wake up"));
    clients.add(transport.connect(listener.endpoint(), config));
    clients.get(1).poll((from, buffer, offset, length) -> {}, 1);
    far.await(30_000);
    pollUntil(() -> servers.size() == 2);
    far.wakeUp();
    far.await(30_000);
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(25), "it waited in vain");
  }
}
