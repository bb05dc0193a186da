// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.transport.tcp.Link.bytesOf;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;

/** A scripted peer says what no channel of ours would. */
@Timeout(60)
class TcpHostilePeerTest {
  private static final int GUARD = 64;

  private final Link good = new Link();
  private final NativeMemory memory = NativeMemory.allocateZeroed(1000 + 2 * GUARD);
  private SocketChannel raw;
  private Channel victim;

  @BeforeEach
  void connectRaw() throws IOException {
    raw =
        SocketChannel.open(
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(), good.listener.endpoint().port()));
    Link.until(() -> (victim = good.listener.accept()) != null);
    victim.register(7, memory.slice(GUARD, 1000));
  }

  @AfterEach
  void everythingElseGoesOn() throws IOException {
    raw.close();
    good.atServer.clear();
    Link.offer(good.client, new byte[] {1});
    good.pollUntil(() -> good.atServer.size() == 1);
    assertArrayEquals(new byte[GUARD], bytesOf(memory, 0, GUARD));
    assertArrayEquals(new byte[GUARD], bytesOf(memory, 1000 + GUARD, GUARD));
    good.close();
    victim.close();
    memory.close();
  }

  private static ByteBuffer preamble() {
    return ByteBuffer.allocate(Frame.PREAMBLE_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("PACELINE".getBytes(StandardCharsets.US_ASCII))
        .putInt(Frame.VERSION)
        .flip();
  }

  private static ByteBuffer frame(int type, int regionId, long offset, long length, int payload) {
    return ByteBuffer.allocate(Frame.HEADER_BYTES + payload)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(regionId)
        .putLong(offset)
        .putLong(length)
        .position(0);
  }

  private void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      raw.write(bytes);
    }
  }

  private void assertClosedBecause(String reason) {
    Link.until(
        () -> {
          victim.poll(Link.into(good.atServer), 10);
          return victim.isClosed();
        });
    assertTrue(victim.closeReason().contains(reason), victim.closeReason());
    assertTrue(good.atServer.isEmpty());
  }

  private void assertFrameIsFatal(ByteBuffer frame, String reason) throws IOException {
    send(preamble());
    send(frame);
    assertClosedBecause(reason);
  }

  @Test
  void otherProtocol() throws IOException {
    send(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertClosedBecause("does not speak Paceline's protocol");
  }

  @Test
  void otherProtocolOfFewBytes() throws IOException {
    send(ByteBuffer.wrap(new byte[] {'P', 'A', 'C', 'E', '\n'}));
    assertClosedBecause("does not speak Paceline's protocol");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, -1})
  void otherVersion(int version) throws IOException {
    send(preamble().putInt(8, version));
    assertClosedBecause(version > 1 ? "upgrade this side" : "upgrade the other side");
  }

  @Test
  void unknownType() throws IOException {
    assertFrameIsFatal(frame(3, 0, 0, 1, 1), "unknown type 3");
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, -1, Frame.MAX_MESSAGE_BYTES + 1, Integer.MAX_VALUE, 1L << 32, Long.MIN_VALUE})
  void messageOfWrongLength(long length) throws IOException {
    assertFrameIsFatal(frame(1, 0, 0, length, 10), "a message of " + length + " bytes");
  }

  @Test
  void messageThatNamesARegion() throws IOException {
    assertFrameIsFatal(frame(1, 7, 0, 1, 1), "names a region");
  }

  @Test
  void unknownRegion() throws IOException {
    assertFrameIsFatal(frame(2, 8, 0, 1, 1), "region 8, which is not registered");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 991, 1001, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 9})
  void writeAtWrongOffset(long offset) throws IOException {
    assertFrameIsFatal(frame(2, 7, offset, 10, 10), "outside region 7: offset=" + offset);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1001, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32})
  void writeOfWrongLength(long length) throws IOException {
    assertFrameIsFatal(frame(2, 7, 0, length, 2000), "length=" + length + " region=1000");
  }

  @Test
  void writeThatEndsExactlyAtTheRegionsEndIsRight() throws IOException {
    send(preamble());
    send(frame(2, 7, 990, 10, 10));
    send(frame(2, 7, 1000, 0, 0));
    send(frame(1, 0, 0, 1, 1));
    Link.until(() -> victim.poll(Link.into(good.atServer), 10) > 0 && !good.atServer.isEmpty());
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
      send(one);
      all.position(all.position() + 1);
      victim.poll(Link.into(good.atServer), 1);
    }
    Link.until(
        () -> {
          victim.poll(Link.into(good.atServer), 1);
          return good.atServer.size() == 2;
        });
    assertArrayEquals(new byte[] {8, 0, 0}, good.atServer.get(0));
    assertFalse(victim.isClosed());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 23, 24, 25, 33})
  void streamThatEndsInsideAWrite(int bytes) throws IOException {
    streamThatEndsInside(frame(2, 7, 0, 10, 10), bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 24, 29})
  void streamThatEndsInsideAMessage(int bytes) throws IOException {
    streamThatEndsInside(frame(1, 0, 0, 6, 6), bytes);
  }

  private void streamThatEndsInside(ByteBuffer frame, int bytes) throws IOException {
    send(preamble());
    send(frame.limit(bytes));
    raw.close();
    assertClosedBecause("in the middle of a frame");
  }

  @Test
  void streamThatEndsAtOnce() throws IOException {
    raw.close();
    assertClosedBecause("before it said anything");
  }

  @Test
  void reset() throws IOException {
    send(preamble());
    raw.setOption(StandardSocketOptions.SO_LINGER, 0);
    raw.close();
    assertClosedBecause("was lost");
  }

  @Test
  void halfAFrameAndThenSilenceHoldsNobodyUp() throws IOException {
    send(preamble());
    send(frame(2, 7, 0, 1000, 10));
    Link.until(() -> victim.poll(Link.into(good.atServer), 1) > 0);
    for (int i = 0; i < 1000; i++) {
      victim.poll(Link.into(good.atServer), 1);
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
      Link.until(
          () -> {
            channel.poll(Link.into(good.atServer), 1);
            return channel.isClosed();
          });
      assertEquals("127.0.0.1:" + port + " said nothing for 1000 ms", channel.closeReason());
    }
  }

  @Test
  void floodOfFramesGetsOnlyItsShareOfAPoll() throws IOException {
    raw.configureBlocking(false);
    raw.write(preamble());
    ByteBuffer flood = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    while (flood.remaining() >= Frame.HEADER_BYTES) {
      flood.putInt(2).putInt(7).putLong(0).putLong(0);
    }
    flood.flip();
    while (raw.write(flood) > 0 && flood.hasRemaining()) {
      victim.poll(Link.into(good.atServer), 1);
    }
    victim.poll(Link.into(good.atServer), 1);
    assertFalse(victim.isClosed());
  }
}
