// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

@Timeout(120)
class TcpTransportTest {
  private final TcpTransport transport = new TcpTransport();

  @Test
  void isFoundByItsScheme() {
    assertTrue(
        ServiceLoader.load(Transport.class).stream()
            .anyMatch(provider -> provider.get().scheme().equals("tcp")));
  }

  @Test
  void portZeroIsReadBack() {
    Listener listener = transport.listen(Link.ANY_PORT, Link.CONFIG);
    assertEquals("localhost", listener.endpoint().host());
    assertNotEquals(0, listener.endpoint().port());
    assertNull(listener.accept());
    listener.close();
    assertNull(listener.accept());
  }

  private String refusalToListen(Endpoint endpoint, ClusterConfig config) {
    return assertThrows(TransportException.class, () -> transport.listen(endpoint, config))
        .getMessage();
  }

  @Test
  void takenPortIsNamed() {
    try (Listener listener = transport.listen(Link.ANY_PORT, Link.CONFIG)) {
      String message = refusalToListen(listener.endpoint(), Link.CONFIG);
      assertTrue(message.contains(listener.endpoint() + ": the port is taken"), message);
    }
  }

  @Test
  void withoutAKeyOnlyLoopbackIsListenedOn() {
    for (String host : List.of("0.0.0.0", "[::]", "192.0.2.1")) {
      String message = refusalToListen(Endpoint.parse(host + ":0"), Link.CONFIG);
      assertTrue(message.contains("set paceline.key or --key-file"), message);
    }
    ClusterConfig withKey = ClusterConfig.builder().key("secret").build();
    transport.listen(Endpoint.parse("0.0.0.0:0"), withKey).close();
    transport.listen(Endpoint.parse("127.0.0.2:0"), Link.CONFIG).close();
  }

  @Test
  void foreignAddressAndUnknownNameAreExplained() {
    ClusterConfig withKey = ClusterConfig.builder().key("secret").build();
    String foreign = refusalToListen(Endpoint.parse("192.0.2.1:0"), withKey);
    assertTrue(foreign.contains("no address of this machine"), foreign);
    String unknown = refusalToListen(Endpoint.parse("nowhere.invalid:0"), withKey);
    assertTrue(unknown.contains("no address is known for the name nowhere.invalid"), unknown);
  }

  @Test
  void otherSchemesAndPortZeroAreRefused() {
    Endpoint rdma = Endpoint.parse("rdma://localhost:1");
    assertThrows(TransportException.class, () -> transport.connect(rdma, Link.CONFIG));
    assertThrows(TransportException.class, () -> transport.listen(rdma, Link.CONFIG));
    assertThrows(TransportException.class, () -> transport.connect(Link.ANY_PORT, Link.CONFIG));
  }

  private String failureToConnect(String endpoint) {
    Channel channel = transport.connect(Endpoint.parse(endpoint), Link.CONFIG);
    assertEquals(Channel.NOT_CONNECTED, Link.offer(channel, new byte[1]));
    Link.until(
        () -> {
          channel.poll((from, buffer, offset, length) -> {}, 1);
          return channel.isClosed();
        });
    assertEquals(Channel.CLOSED, Link.offer(channel, new byte[1]));
    return channel.closeReason();
  }

  @Test
  void failedConnectionsSayWhereAndWhy() {
    Listener listener = transport.listen(Link.ANY_PORT, Link.CONFIG);
    int port = listener.endpoint().port();
    listener.close();
    String refused = failureToConnect("127.0.0.1:" + port);
    assertTrue(refused.contains("127.0.0.1:" + port + ": Connection refused"), refused);
    String unknown = failureToConnect("nowhere.invalid:1");
    assertTrue(unknown.contains("nowhere.invalid"), unknown);
    String malformed = failureToConnect("[1:2:zz]:1");
    assertTrue(malformed.contains("no address is known"), malformed);
  }

  @Test
  void closingWhileConnectingIsHarmless() {
    for (String endpoint : List.of("127.0.0.1:1", "nowhere.invalid:1")) {
      Channel channel = transport.connect(Endpoint.parse(endpoint), Link.CONFIG);
      channel.close();
      channel.close();
      assertTrue(channel.isClosed());
      assertEquals(0, channel.poll((from, buffer, offset, length) -> {}, 1));
    }
  }

  @Test
  void tenChannelsShareAThread() {
    try (Listener listener = transport.listen(Link.ANY_PORT, Link.CONFIG)) {
      List<Channel> clients = new ArrayList<>();
      List<Channel> servers = new ArrayList<>();
      List<byte[]> messages = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        clients.add(transport.connect(listener.endpoint(), Link.CONFIG));
      }
      Link.until(
          () -> {
            Channel accepted = listener.accept();
            if (accepted != null) {
              servers.add(accepted);
            }
            clients.forEach(channel -> channel.poll(Link.into(messages), 1));
            servers.forEach(channel -> channel.poll(Link.into(messages), 1));
            return servers.size() == 10 && clients.stream().allMatch(Channel::isConnected);
          });
      clients.forEach(channel -> Link.offer(channel, new byte[10]));
      Link.until(
          () -> {
            clients.forEach(channel -> channel.poll(Link.into(messages), 1));
            servers.forEach(channel -> channel.poll(Link.into(messages), 1));
            return messages.size() == 10;
          });
      clients.forEach(Channel::close);
      servers.forEach(Channel::close);
    }
  }

  @Test
  void aThousandConnectionsLeaveNothingBehind() throws IOException {
    connectAndClose(10);
    long descriptors = openDescriptors();
    int threads = Thread.activeCount();
    connectAndClose(1000);
    // fewer is possible: what another test has left behind may go meanwhile
    assertTrue(openDescriptors() <= descriptors);
    assertTrue(Thread.activeCount() <= threads);
  }

  private void connectAndClose(int times) {
    try (Link link = new Link()) {
      for (int i = 0; i < times; i++) {
        link.client.close();
        link.pollUntil(() -> link.server.isClosed());
        link.connect(transport, Link.CONFIG);
        assertFalse(link.client.isClosed());
      }
    }
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }
}
