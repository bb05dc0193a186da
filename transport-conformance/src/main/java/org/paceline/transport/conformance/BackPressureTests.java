// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/** A sender that is faster than its peer is told so, and nothing is lost or kept without bound. */
public interface BackPressureTests extends ConformanceTest {
  int MESSAGE_BYTES = 1000;

  /** More than this on the way to one peer that doesn't read is not bounded. */
  long MOST_BYTES_ON_THE_WAY = 512L << 20;

  /** So long must nothing more be accepted before the sender counts as stuck. */
  long STUCK_NS = 200_000_000;

  /** Sends numbered messages to a peer that doesn't poll until it is stuck; how many went. */
  private static int fill(Channel channel) {
    UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
    int accepted = 0;
    long lastPosition = 0;
    long lastAcceptedNs = System.nanoTime();
    while (System.nanoTime() - lastAcceptedNs < STUCK_NS) {
      message.putInt(0, accepted);
      long position = channel.offer(message, 0, MESSAGE_BYTES);
      if (position > 0) {
        assertTrue(position > lastPosition, position + " after position " + lastPosition);
        lastPosition = position;
        lastAcceptedNs = System.nanoTime();
        accepted++;
        long bytes = (long) accepted * MESSAGE_BYTES;
        assertTrue(bytes < MOST_BYTES_ON_THE_WAY, () -> bytes + " bytes taken and no end");
      } else {
        assertEquals(Channel.BACK_PRESSURED, position, () -> Link.state(channel));
        channel.poll((from, buffer, offset, length) -> {}, 1);
        YieldingIdleStrategy.INSTANCE.idle();
      }
    }
    return accepted;
  }

  private static void assertNumbered(Link link, int count) {
    assertEquals(count, link.atServer().size(), "messages");
    for (int i = 0; i < count; i++) {
      byte[] message = link.atServer().get(i);
      assertEquals(MESSAGE_BYTES, message.length);
      assertEquals(i, new UnsafeBuffer(message).getInt(0), "messages in order");
    }
    link.atServer().clear();
  }

  @Test
  default void everythingArrivesOnceThePeerPolls() {
    Link link = link();
    for (int round = 0; round < 2; round++) {
      int count = fill(link.client());
      assertTrue(count > 0, "nothing was accepted");
      link.pollUntil("all " + count + " arrived", () -> link.atServer().size() == count);
      assertNumbered(link, count);
    }
    link.assertWorks();
  }

  @Test
  default void writesAreBoundedToo() {
    Link link = link();
    NativeMemory source = zeros(1 << 20);
    link.register(link.server(), 1, zeros(1 << 20));
    long result = 0;
    int accepted = -1;
    while (result >= 0) {
      result = link.client().write(1, 0, source, 0, source.lengthBytes());
      accepted++;
      assertTrue(accepted < 100_000, "100,000 writes were taken without a poll");
    }
    assertEquals(Channel.BACK_PRESSURED, result, link::toString);
    link.announce(link.client());
  }

  @Test
  default void slowReaderHoldsNobodyElseUp() {
    Link slow = link();
    Link other = kept(slow.another());
    int count = fill(slow.client());
    NativeMemory region = zeros(1 << 20);
    other.register(other.server(), 1, region);
    byte[] bytes = Bytes.random(new Random(5), 1 << 20);
    NativeMemory source = memoryOf(bytes);
    for (int i = 0; i < 100; i++) {
      slow.pollClient();
      other.write(other.client(), 1, 0, source);
      other.announce(other.client());
      other.announce(other.server());
    }
    assertArrayEquals(bytes, Bytes.bytesOf(region, 0, bytes.length));
    assertFalse(slow.client().isClosed(), slow::toString);
    assertTrue(slow.atServer().isEmpty());
    // now it reads, one message at a time and with long pauses at first
    int[] rounds = new int[1];
    slow.pollClient();
    Await.until(
        () -> "all " + count + " arrive; " + slow,
        () -> {
          slow.pollClient();
          other.pollBoth();
          int round = rounds[0]++;
          if (round > 10_000 || round % 100 == 0) {
            slow.server().poll(Link.into(slow.atServer()), 1);
          }
          return slow.atServer().size() == count;
        });
    assertNumbered(slow, count);
    other.assertWorks();
  }
}
