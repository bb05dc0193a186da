// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.transport.tcp.RawPeer.frame;
import static org.paceline.transport.tcp.RawPeer.preamble;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.Bytes;
import org.paceline.transport.conformance.Link;

/**
 * A scripted peer says slowly, in part or too often what is allowed; {@link HostileStreams} has
 * what is not.
 */
@Timeout(60)
class TcpHostilePeerTest {
  private static final int GUARD = 64;

  private final Link good = Link.open(new TcpUnderTest());
  private final NativeMemory memory = NativeMemory.allocateZeroed(1000 + 2 * GUARD);
  private final List<byte[]> messages = new ArrayList<>();
  private RawPeer raw;
  private Channel victim;

  @BeforeEach
  void connectRaw() throws IOException {
    raw = RawPeer.connect(good.listener().endpoint());
    Await.until("accepted", () -> (victim = good.listener().accept()) != null);
    victim.register(7, memory.slice(GUARD, 1000));
  }

  @AfterEach
  void everythingElseGoesOn() throws IOException {
    raw.close();
    good.assertWorks();
    assertArrayEquals(new byte[GUARD], Bytes.bytesOf(memory, 0, GUARD));
    assertArrayEquals(new byte[GUARD], Bytes.bytesOf(memory, 1000 + GUARD, GUARD));
    good.close();
    victim.close();
    memory.close();
  }

  private int pollVictim() {
    return victim.poll(Link.into(messages), 1);
  }

  @Test
  void writeThatEndsExactlyAtTheRegionsEndIsRight() throws IOException {
    raw.send(preamble());
    raw.send(frame(2, 7, 990, 10, 10));
    raw.send(frame(2, 7, 1000, 0, 0));
    raw.send(frame(1, 0, 0, 1, 1));
    Await.until("the message has come", () -> pollVictim() > 0 && !messages.isEmpty());
    assertFalse(victim.isClosed());
  }

  @Test
  void oneByteAtATime() throws IOException {
    ByteBuffer all =
        ByteBuffer.allocate(500)
            .put(preamble())
            .put(frame(2, 7, 5, 100, 100))
            .put(frame(1, 0, 0, 3, 3).put(Frame.HEADER_BYTES, (byte) 8))
            .put(frame(2, 7, 50, 0, 0))
            .put(frame(1, 0, 0, 1, 1))
            .flip();
    ByteBuffer one = all.duplicate();
    while (all.hasRemaining()) {
      one.limit(all.position() + 1).position(all.position());
      raw.send(one);
      all.position(all.position() + 1);
      pollVictim();
    }
    Await.until(
        "both messages have come",
        () -> {
          pollVictim();
          return messages.size() == 2;
        });
    assertArrayEquals(new byte[] {8, 0, 0}, messages.get(0));
    assertFalse(victim.isClosed());
  }

  @Test
  void halfAFrameAndThenSilenceHoldsNobodyUp() throws IOException {
    raw.send(preamble());
    raw.send(frame(2, 7, 0, 1000, 10));
    Await.until("the frame begins", () -> pollVictim() > 0);
    for (int i = 0; i < 1000; i++) {
      pollVictim();
    }
    assertTrue(victim.isConnected());
    victim.close("silent for too long");
    assertEquals("silent for too long", victim.closeReason());
  }

  @Test
  void peerThatNeverSaysAnythingIsGivenUp() throws IOException {
    ClusterConfig config = ClusterConfig.builder().heartbeatTimeout(Duration.ofMillis(100)).build();
    try (ServerSocketChannel silent = ServerSocketChannel.open().bind(new InetSocketAddress(0))) {
      int port = ((InetSocketAddress) silent.getLocalAddress()).getPort();
      Channel channel = new TcpTransport().connect(new Endpoint("tcp", "127.0.0.1", port), config);
      Await.until(
          "given up",
          () -> {
            channel.poll(Link.into(messages), 1);
            return channel.isClosed();
          });
      assertEquals(
          "something answers at 127.0.0.1:" + port + ", but it isn't Paceline (silent for 1000 ms)",
          channel.closeReason());
    }
  }

  @Test
  void floodOfFramesGetsOnlyItsShareOfAPoll() throws IOException {
    raw.socket().configureBlocking(false);
    raw.send(preamble());
    ByteBuffer flood = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    while (flood.remaining() >= Frame.HEADER_BYTES) {
      flood.putInt(2).putInt(7).putLong(0).putLong(0);
    }
    flood.flip();
    while (raw.socket().write(flood) > 0 && flood.hasRemaining()) {
      pollVictim();
    }
    pollVictim();
    assertFalse(victim.isClosed());
  }
}
