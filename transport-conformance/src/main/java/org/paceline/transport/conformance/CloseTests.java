// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/** What was accepted before a close arrives, both ends say why, and nothing happens after it. */
public interface CloseTests extends ConformanceTest {
  private static void assertClosedForGood(Channel channel, NativeMemory memory) {
    assertTrue(channel.isClosed());
    assertFalse(channel.isConnected());
    assertFalse(channel.closeReason().isEmpty());
    long completed = channel.completedPosition();
    assertEquals(Channel.CLOSED, Link.offer(channel, (byte) 1));
    assertEquals(Channel.CLOSED, channel.write(1, 0, memory, 0, memory.lengthBytes()));
    assertEquals(
        0, channel.poll((from, buffer, offset, length) -> assertNull(buffer, "a message"), 10));
    assertTrue(channel.completedPosition() >= completed);
    assertTrue(channel.receivedBytes() >= 0);
    assertFalse(channel.peer().isEmpty());
    channel.unregister(1);
  }

  @Test
  default void closeHandsOverWhatWasAccepted() {
    Link link = link();
    NativeMemory memory = zeros(8);
    for (int i = 0; i < 100; i++) {
      link.send(link.client(), new byte[500]);
    }
    link.client().close();
    assertClosedForGood(link.client(), memory);
    link.pollUntil("the server has closed", () -> link.server().isClosed());
    assertEquals(100, link.atServer().size(), link::toString);
    assertClosedForGood(link.server(), memory);
  }

  @Test
  default void closeHandsOverWritesToo() {
    Link link = link();
    byte[] bytes = Bytes.random(new Random(1), 20_000);
    NativeMemory region = zeros(bytes.length + 1);
    link.register(link.server(), 1, region);
    link.write(link.client(), 1, 0, memoryOf(bytes));
    link.send(link.client(), (byte) 1);
    link.write(link.client(), 1, bytes.length, memoryOf((byte) 7));
    link.client().close();
    link.pollUntil("the server has closed", () -> link.server().isClosed());
    assertEquals(1, link.atServer().size(), link::toString);
    assertArrayEquals(bytes, Bytes.bytesOf(region, 0, bytes.length));
    assertEquals(7, region.getByte(bytes.length));
  }

  @Test
  default void refusalArrivesThoughThePeersMessagesWereNotRead() {
    Link link = link();
    link.send(link.client(), new byte[60_000]);
    link.pollClient();
    byte[] refusal = "no memory left".getBytes(StandardCharsets.UTF_8);
    link.send(link.server(), refusal);
    link.server().close("the worker refused");
    assertEquals("the worker refused", link.server().closeReason());
    link.pollUntil("the client has closed", () -> link.client().isClosed());
    assertEquals(1, link.atClient().size(), link::toString);
    assertArrayEquals(refusal, link.atClient().get(0));
    assertFalse(link.client().closeReason().isEmpty());
  }

  @Test
  default void refusalArrivesInTheMiddleOfAWriteToTheRefuser() {
    Link link = link();
    NativeMemory source = kept(NativeMemory.allocate(256 << 20));
    assertTrue(link.client().write(1, 0, source, 0, source.lengthBytes()) > 0);
    link.pollClient();
    byte[] refusal = "refused".getBytes(StandardCharsets.UTF_8);
    assertTrue(Link.offer(link.server(), refusal) > 0);
    link.server().close();
    link.pollUntil("the client has closed", () -> link.client().isClosed());
    assertEquals(1, link.atClient().size(), link::toString);
    assertArrayEquals(refusal, link.atClient().get(0));
    assertFalse(link.client().closeReason().isEmpty());
  }

  @Test
  default void closeFromInsideTheHandlerEndsThePoll() {
    Link link = link();
    for (int i = 0; i < 10; i++) {
      assertTrue(Link.offer(link.client(), (byte) (40 + i)) > 0);
    }
    int[] calls = new int[1];
    Await.until(
        () -> "the handler has closed; " + link,
        () -> {
          link.pollClient();
          link.server()
              .poll(
                  (channel, buffer, offset, length) -> {
                    calls[0]++;
                    assertTrue(Link.offer(channel, (byte) 9, (byte) 9) > 0);
                    channel.close("heard enough");
                    assertEquals(40, buffer.getByte(offset), "the message after the close");
                  },
                  100);
          return link.server().isClosed();
        });
    assertEquals(1, calls[0], "messages handed over");
    assertEquals("heard enough", link.server().closeReason());
    link.pollUntil("the client has closed", () -> link.client().isClosed());
    assertEquals(1, link.atClient().size(), link::toString);
    assertArrayEquals(new byte[] {9, 9}, link.atClient().get(0));
  }

  /** What is lent to a handler is lent until it returns, whatever arrives meanwhile. */
  @Test
  default void closeFromInsideTheHandlerLeavesItsMessageAlone() {
    Link link = link();
    byte[] first = Bytes.random(new Random(1), 30_000);
    assertTrue(Link.offer(link.client(), first) > 0);
    byte[][] seen = new byte[1][];
    Await.until(
        () -> "the handler has closed; " + link,
        () -> {
          // more than any buffer takes, so that something is left to arrive during the close
          long accepted = 0;
          while (accepted >= 0 && !link.client().isClosed()) {
            accepted = Link.offer(link.client(), new byte[30_000]);
          }
          link.pollClient();
          link.server()
              .poll(
                  (channel, buffer, offset, length) -> {
                    channel.close("heard enough");
                    seen[0] = new byte[length];
                    buffer.getBytes(offset, seen[0]);
                  },
                  100);
          return link.server().isClosed();
        });
    assertArrayEquals(first, seen[0], "the message after the close");
    assertEquals("heard enough", link.server().closeReason());
  }

  @Test
  default void secondCloseChangesNothing() {
    Link link = link();
    link.client().close("first");
    link.client().close("second");
    link.client().close();
    assertEquals("first", link.client().closeReason());
    link.pollUntil("the server has closed", () -> link.server().isClosed());
    String reason = link.server().closeReason();
    link.server().close("late");
    assertEquals(reason, link.server().closeReason());
  }

  @Test
  default void bothEndsMayCloseAtOnce() {
    Link link = link();
    NativeMemory memory = zeros(8);
    link.client().close();
    link.server().close();
    assertClosedForGood(link.client(), memory);
    assertClosedForGood(link.server(), memory);
  }

  @Test
  default void nothingLandsInAClosedChannelsRegions() {
    Link link = link();
    NativeMemory source = zeros(64 << 20);
    NativeMemory region = zeros(64 << 20);
    source.putByte(0, (byte) 1);
    link.register(link.server(), 1, region);
    link.write(link.client(), 1, 0, source);
    Await.until(
        () -> "the write begins to land; " + link,
        () -> {
          link.pollClient();
          link.pollServer();
          return region.getByte(0) == 1;
        });
    link.server().close();
    for (long i = 0; i < region.lengthBytes(); i += 4096) {
      region.putByte(i, (byte) 7);
    }
    link.pollUntil("the client has closed", () -> link.client().isClosed());
    for (long i = 0; i < region.lengthBytes(); i += 4096) {
      assertEquals(7, region.getByte(i), "after close, at " + i);
    }
  }

  @Test
  default void closedListenerLeavesItsChannelsAlone() {
    Link link = link();
    link.listener().close();
    assertNull(link.listener().accept(), "a channel from a closed listener");
    NativeMemory region = zeros(8);
    link.register(link.server(), 1, region);
    link.write(link.client(), 1, 0, memoryOf((byte) 4));
    link.announce(link.client());
    assertEquals(4, region.getByte(0));
    link.listener().close();
    link.assertWorks();
  }

  @Test
  default void oneClosedChannelLeavesTheOthersAlone() {
    Link link = link();
    Link other = kept(link.another());
    link.client().close();
    link.pollUntil("the server has closed", () -> link.server().isClosed());
    other.assertWorks();
    kept(other.another()).assertWorks();
  }
}
