// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.api.transport.TransportException;

/** Listening and connecting, and the errors of both. */
public interface ConnectTests extends ConformanceTest {
  private Transport transport() {
    return underTest().transport();
  }

  private ClusterConfig config() {
    return underTest().config().build();
  }

  private Endpoint at(String host, int port) {
    return new Endpoint(transport().scheme(), host, port);
  }

  private void assumeNetwork() {
    assumeTrue(underTest().usesNetwork(), transport().scheme() + " uses no network");
  }

  private String refusalToListen(Endpoint endpoint, ClusterConfig with) {
    String message =
        assertThrows(TransportException.class, () -> transport().listen(endpoint, with))
            .getMessage();
    assertTrue(message.contains(endpoint.toString()), "names " + endpoint + ": " + message);
    return message;
  }

  private Endpoint deserted() {
    try (Listener listener = transport().listen(underTest().anyPort(), config())) {
      return listener.endpoint();
    }
  }

  private String failureToConnect(Endpoint endpoint) {
    Channel channel = kept(transport().connect(endpoint, config()));
    assertFalse(channel.isConnected());
    assertEquals(Channel.NOT_CONNECTED, Link.offer(channel, (byte) 1));
    assertEquals(Channel.NOT_CONNECTED, channel.write(1, 0, zeros(8), 0, 8));
    Await.until(
        () -> "gives up; " + Link.state(channel),
        () -> {
          channel.poll((from, buffer, offset, length) -> {}, 1);
          return channel.isClosed();
        });
    assertEquals(Channel.CLOSED, Link.offer(channel, (byte) 1));
    String reason = channel.closeReason();
    assertTrue(reason.contains(endpoint.host()), "names " + endpoint + ": " + reason);
    return reason;
  }

  @Test
  default void isFoundByItsScheme() {
    assertTrue(
        ServiceLoader.load(Transport.class).stream()
            .anyMatch(provider -> provider.get().scheme().equals(transport().scheme())),
        "list it in META-INF/services/" + Transport.class.getName());
  }

  @Test
  default void portZeroIsReadBack() {
    Listener listener = kept(transport().listen(underTest().anyPort(), config()));
    assertEquals(transport().scheme(), listener.endpoint().scheme());
    assertEquals(underTest().anyPort().host(), listener.endpoint().host());
    assertNotEquals(0, listener.endpoint().port());
    assertNull(listener.accept());
    listener.close();
    assertNull(listener.accept());
  }

  @Test
  default void connectingToNobodyEndsWithAReason() {
    Endpoint endpoint = deserted();
    String reason = failureToConnect(endpoint);
    assertTrue(reason.contains(endpoint.toString()), "names " + endpoint + ": " + reason);
  }

  @Test
  default void connectsAgainOnceSomebodyListens() {
    Endpoint endpoint = deserted();
    failureToConnect(endpoint);
    Listener listener = kept(transport().listen(endpoint, config()));
    assertEquals(endpoint, listener.endpoint());
    Channel client = kept(transport().connect(endpoint, config()));
    Channel[] server = new Channel[1];
    List<byte[]> arrived = new ArrayList<>();
    Await.until(
        () -> "a message has arrived; " + Link.state(client) + "; " + Link.state(server[0]),
        () -> {
          client.poll(Link.into(arrived), 1);
          if (server[0] == null) {
            server[0] = listener.accept();
          } else {
            server[0].poll(Link.into(arrived), 1);
            Link.offer(server[0], (byte) 1);
          }
          return !arrived.isEmpty();
        });
    kept(server[0]);
  }

  @Test
  default void aHundredReconnections() {
    Link link = link();
    for (int i = 0; i < 100; i++) {
      link.assertWorks();
      Channel first = i % 2 == 0 ? link.client() : link.server();
      Channel second = i % 2 == 0 ? link.server() : link.client();
      first.close();
      link.pollUntil("the other end has closed", second::isClosed);
      link.connect();
    }
    link.assertWorks();
  }

  @Test
  default void channelsMayConnectAtTheSameTime() {
    int count = 10;
    Listener listener = kept(transport().listen(underTest().anyPort(), config()));
    List<Channel> clients = new ArrayList<>();
    List<Channel> servers = new ArrayList<>();
    List<byte[]> atClients = new ArrayList<>();
    List<byte[]> atServers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(kept(transport().connect(listener.endpoint(), config())));
    }
    Runnable poll =
        () -> {
          Channel accepted = listener.accept();
          if (accepted != null) {
            servers.add(kept(accepted));
          }
          clients.forEach(channel -> channel.poll(Link.into(atClients), 1));
          servers.forEach(channel -> channel.poll(Link.into(atServers), 1));
        };
    Await.until(
        () -> count + " are accepted, now " + servers.size(),
        () -> {
          poll.run();
          return servers.size() == count
              && servers.stream().allMatch(Channel::isConnected)
              && clients.stream().allMatch(Channel::isConnected);
        });
    clients.forEach(channel -> assertTrue(Link.offer(channel, (byte) 1) > 0));
    servers.forEach(channel -> assertTrue(Link.offer(channel, (byte) 1) > 0));
    Await.until(
        () -> "10 messages each way, not " + atServers.size() + " and " + atClients.size(),
        () -> {
          poll.run();
          return atServers.size() == count && atClients.size() == count;
        });
  }

  @Test
  default void closingWhileConnectingIsHarmless() {
    Channel channel = transport().connect(deserted(), config());
    channel.close();
    channel.close();
    assertTrue(channel.isClosed());
    assertFalse(channel.closeReason().isEmpty());
    assertEquals(0, channel.poll((from, buffer, offset, length) -> {}, 1));
  }

  @Test
  default void endpointsThatCantBeConnectedToAreRefused() {
    Endpoint foreign = Endpoint.parse("carrier-pigeon://localhost:1");
    String scheme =
        assertThrows(TransportException.class, () -> transport().connect(foreign, config()))
            .getMessage();
    assertTrue(scheme.contains(transport().scheme()), "says what to write: " + scheme);
    assertTrue(refusalToListen(foreign, config()).contains(transport().scheme()));
    String portZero =
        assertThrows(
                TransportException.class,
                () -> transport().connect(underTest().anyPort(), config()))
            .getMessage();
    assertTrue(portZero.contains("port"), "says what to do: " + portZero);
  }

  @Test
  default void takenPortIsRefused() {
    Link link = link();
    String message = refusalToListen(link.listener().endpoint(), config());
    assertTrue(message.contains("port is taken"), message);
    link.assertWorks();
  }

  @Test
  default void withoutAKeyOnlyLoopbackIsListenedOn() {
    assumeNetwork();
    for (String host : List.of("0.0.0.0", "192.0.2.1")) {
      String message = refusalToListen(at(host, 0), config());
      assertTrue(message.contains("paceline.key"), message);
    }
    ClusterConfig withKey = underTest().config().key("secret").build();
    transport().listen(at("0.0.0.0", 0), withKey).close();
    transport().listen(at("127.0.0.2", 0), config()).close();
  }

  @Test
  default void foreignAddressAndUnknownNameAreExplained() {
    assumeNetwork();
    ClusterConfig withKey = underTest().config().key("secret").build();
    String foreign = refusalToListen(at("192.0.2.1", 0), withKey);
    assertTrue(foreign.contains("no address of this machine"), foreign);
    String unknown = refusalToListen(at("nowhere.invalid", 0), withKey);
    assertTrue(unknown.contains("no address is known"), unknown);
    String unknownPeer = failureToConnect(at("nowhere.invalid", 1));
    assertTrue(unknownPeer.contains("no address is known"), unknownPeer);
  }

  @Test
  default void addressesOfLoopbackReachAListenerByName() {
    assumeNetwork();
    Listener listener = kept(transport().listen(at("127.0.0.1", 0), config()));
    for (String host : List.of("localhost", "127.0.0.1")) {
      Channel client = kept(transport().connect(at(host, listener.endpoint().port()), config()));
      Channel[] server = new Channel[1];
      Await.until(
          () -> "connected to " + host + "; " + Link.state(client),
          () -> {
            client.poll((from, buffer, offset, length) -> {}, 1);
            if (server[0] == null) {
              server[0] = listener.accept();
            } else {
              server[0].poll((from, buffer, offset, length) -> {}, 1);
            }
            return client.isConnected() && server[0] != null && server[0].isConnected();
          });
      kept(server[0]);
    }
  }
}
