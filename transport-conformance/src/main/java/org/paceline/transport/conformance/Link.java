// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.MessageHandler;
import org.paceline.api.transport.Transport;

/** Two connected channels of one process, both polled by the test's thread. */
public final class Link implements AutoCloseable {
  private final Transport transport;
  private final Listener listener;
  private final ClusterConfig config;
  private final boolean ownsListener;
  private final List<byte[]> atClient = new ArrayList<>();
  private final List<byte[]> atServer = new ArrayList<>();
  private Channel client;
  private Channel server;

  private Link(Transport transport, Listener listener, ClusterConfig config, boolean ownsListener) {
    this.transport = transport;
    this.listener = listener;
    this.config = config;
    this.ownsListener = ownsListener;
    connect();
  }

  /** Listens and connects with the transport's own configuration. */
  public static Link open(TransportUnderTest underTest) {
    return open(underTest, underTest.config().build());
  }

  /** Listens and connects. */
  public static Link open(TransportUnderTest underTest, ClusterConfig config) {
    Transport transport = underTest.transport();
    Listener listener = transport.listen(underTest.anyPort(), config);
    return new Link(transport, listener, config, true);
  }

  /** One more pair of channels of the same listener, which stays this link's. */
  public Link another() {
    return new Link(transport, listener, config, false);
  }

  /** Makes a new pair of channels in place of the old one, which is left as it is. */
  public void connect() {
    client = transport.connect(listener.endpoint(), config);
    server = null;
    Await.until(
        () -> "connected " + this,
        () -> {
          if (server == null) {
            server = listener.accept();
          }
          pollBoth();
          assertTrue(!client.isClosed() && !isClosed(server), this::toString);
          return server != null && server.isConnected() && client.isConnected();
        });
  }

  private static boolean isClosed(Channel channel) {
    return channel != null && channel.isClosed();
  }

  /** Where the server's channels come from. */
  public Listener listener() {
    return listener;
  }

  /** The end that connected. */
  public Channel client() {
    return client;
  }

  /** The end that was accepted. */
  public Channel server() {
    return server;
  }

  /** Messages that {@link #pollBoth} brought to the client, in order. */
  public List<byte[]> atClient() {
    return atClient;
  }

  /** Messages that {@link #pollBoth} brought to the server, in order. */
  public List<byte[]> atServer() {
    return atServer;
  }

  /** A handler that keeps copies. */
  public static MessageHandler into(List<byte[]> messages) {
    return (channel, buffer, offset, length) -> {
      byte[] message = new byte[length];
      buffer.getBytes(offset, message);
      messages.add(message);
    };
  }

  /** Polls each end once. */
  public void pollBoth() {
    pollClient();
    pollServer();
  }

  /** Polls the client once. */
  public void pollClient() {
    client.poll(into(atClient), 16);
  }

  /** Polls the server once. */
  public void pollServer() {
    if (server != null) {
      server.poll(into(atServer), 16);
    }
  }

  /** Polls both ends until it is so; fails at once if both have closed and it is not. */
  public void pollUntil(String what, BooleanSupplier condition) {
    Await.until(
        () -> what + "; " + this,
        () -> {
          pollBoth();
          boolean met = condition.getAsBoolean();
          assertTrue(met || !client.isClosed() || !server.isClosed(), () -> what + " not; " + this);
          return met;
        });
  }

  /** Repeats an offer or write, polling both ends, until it is no longer back-pressured. */
  public long accepted(LongSupplier call) {
    long[] result = new long[1];
    Await.until(
        () -> "accepted; " + this,
        () -> {
          result[0] = call.getAsLong();
          if (result[0] == Channel.BACK_PRESSURED) {
            pollBoth();
          }
          return result[0] != Channel.BACK_PRESSURED;
        });
    assertTrue(result[0] > 0, () -> "not accepted but " + result[0] + "; " + this);
    return result[0];
  }

  /** Offers once. */
  public static long offer(Channel channel, byte... message) {
    return channel.offer(new UnsafeBuffer(message), 0, message.length);
  }

  /** Offers until it is accepted, polling both ends. */
  public long send(Channel from, byte... message) {
    return accepted(() -> offer(from, message));
  }

  /** Writes a whole memory until it is accepted, polling both ends. */
  public long write(Channel from, int regionId, long regionOffset, NativeMemory source) {
    return accepted(() -> from.write(regionId, regionOffset, source, 0, source.lengthBytes()));
  }

  /**
   * Registers at one end and lets the other know by a message, as any user must: a transport may
   * tell its peer about a region as late as with the next message.
   */
  public void register(Channel at, int regionId, NativeMemory memory) {
    at.register(regionId, memory);
    announce(at);
  }

  /** Carries one message, and with it all that this end did before, to the other end. */
  public void announce(Channel from) {
    List<byte[]> there = from == client ? atServer : atClient;
    int before = there.size();
    send(from, (byte) 1);
    pollUntil("a message has arrived", () -> there.size() > before);
    there.remove(before);
  }

  /** Fails unless messages go both ways and nothing else arrives. */
  public void assertWorks() {
    assertTrue(atClient.isEmpty() && atServer.isEmpty(), () -> "leftover messages; " + this);
    announce(client);
    announce(server);
    assertTrue(atClient.isEmpty() && atServer.isEmpty(), () -> "too many messages; " + this);
  }

  /** Both ends, for assertions. */
  @Override
  public String toString() {
    return state("client", client, atClient) + "; " + state("server", server, atServer);
  }

  private static String state(String end, Channel channel, List<byte[]> messages) {
    return end + " " + state(channel) + ", " + messages.size() + " messages";
  }

  /** How a channel is, for assertions. */
  public static String state(Channel channel) {
    if (channel == null) {
      return "not accepted";
    }
    if (channel.isClosed()) {
      return "closed: " + channel.closeReason();
    }
    return (channel.isConnected() ? "connected" : "connecting") + " to " + channel.peer();
  }

  @Override
  public void close() {
    client.close();
    if (server != null) {
      server.close();
    }
    if (ownsListener) {
      listener.close();
    }
  }
}
