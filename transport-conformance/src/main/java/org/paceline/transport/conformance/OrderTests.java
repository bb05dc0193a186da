// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.NativeMemory;

/** Messages and writes take effect whole and in the order in which they were accepted. */
public interface OrderTests extends ConformanceTest {
  @Test
  default void messagesOfEverySizeArriveInOrderInBothDirections() {
    Link link = link();
    Random random = new Random(1);
    int max = link.client().maxMessageLength();
    assertTrue(max >= 64 << 10, "maxMessageLength=" + max + " is less than 64 KiB");
    int[] lengths = {1, 2, 3, 7, 8, 63, 64, 65, 1000, 1376, 1377, 8160, 65_535, 65_536, max};
    List<byte[]> sent = new ArrayList<>();
    for (int length : lengths) {
      byte[] message = Bytes.random(random, length);
      sent.add(message);
      link.send(link.client(), message);
      link.send(link.server(), message);
    }
    link.pollUntil(
        "all messages have arrived",
        () -> link.atClient().size() == sent.size() && link.atServer().size() == sent.size());
    for (int i = 0; i < sent.size(); i++) {
      assertArrayEquals(sent.get(i), link.atServer().get(i));
      assertArrayEquals(sent.get(i), link.atClient().get(i));
    }
  }

  @Test
  default void writesOfEverySizeLandBeforeTheMessageThatFollows() {
    Link link = link();
    Random random = new Random(2);
    int[] lengths = {
      0, 1, 3, 24, 1023, 4095, 4096, 4097, 10_007, 32_768, 65_537, 262_144, 300_001, 1 << 20,
      5_000_011
    };
    for (int length : lengths) {
      byte[] bytes = Bytes.random(random, length);
      int shift = random.nextInt(100);
      NativeMemory region = zeros(length + 200);
      link.register(link.server(), 5, region);
      link.write(link.client(), 5, shift, memoryOf(bytes));
      link.announce(link.client());
      String what = "a write of " + length + " bytes at " + shift;
      assertArrayEquals(bytes, Bytes.bytesOf(region, shift, length), what);
      assertArrayEquals(new byte[shift], Bytes.bytesOf(region, 0, shift), "before " + what);
      assertArrayEquals(
          new byte[200 - shift],
          Bytes.bytesOf(region, shift + length, 200 - shift),
          "after " + what);
      link.server().unregister(5);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 11, 12, 13})
  default void randomMixesKeepTheirOrderInBothDirectionsAtOnce(long seed) {
    Link link = link();
    RandomTraffic up = new RandomTraffic(this, link.client(), link.server(), new Random(seed));
    RandomTraffic down = new RandomTraffic(this, link.server(), link.client(), new Random(-seed));
    link.announce(link.server());
    link.announce(link.client());
    Random polls = new Random(seed);
    Await.until(
        () -> up + "; " + down + "; " + link,
        () -> {
          up.sendSome();
          down.sendSome();
          if (polls.nextInt(3) > 0) {
            up.poll();
          }
          if (polls.nextInt(3) > 0) {
            down.poll();
          }
          return up.isDone() && down.isDone();
        });
    up.assertArrived();
    down.assertArrived();
  }

  @Test
  default void messageIsDeliveredWhenTheWriteBeforeItHasLanded() {
    Link link = link();
    AnnouncedWrites up = new AnnouncedWrites(this, link.client(), link.server(), 21);
    AnnouncedWrites down = new AnnouncedWrites(this, link.server(), link.client(), 22);
    link.announce(link.server());
    link.announce(link.client());
    Await.until(
        () -> up + "; " + down + "; " + link,
        () -> {
          up.sendSome();
          down.sendSome();
          link.server().poll(up, 3);
          link.client().poll(down, 3);
          return up.isDone() && down.isDone();
        });
  }

  @Test
  default void handlerMayOfferAndWrite() {
    Link link = link();
    NativeMemory region = zeros(8);
    NativeMemory source = memoryOf((byte) 5, (byte) 6);
    link.register(link.client(), 1, region);
    link.send(link.client(), (byte) 3);
    Await.until(
        () -> "the message is answered; " + link,
        () -> {
          link.pollClient();
          return link.server()
                      .poll(
                          (channel, buffer, offset, length) -> {
                            assertTrue(channel.write(1, 3, source, 0, 2) > 0);
                            assertTrue(channel.offer(buffer, offset, length) > 0);
                          },
                          1)
                  > 0
              || !link.atClient().isEmpty();
        });
    link.pollUntil("the answer has arrived", () -> !link.atClient().isEmpty());
    assertArrayEquals(new byte[] {3}, link.atClient().get(0));
    assertArrayEquals(new byte[] {0, 0, 0, 5, 6, 0, 0, 0}, Bytes.bytesOf(region, 0, 8));
  }

  @Test
  default void pollHandsOverAtMostTheLimit() {
    Link link = link();
    for (int i = 0; i < 10; i++) {
      link.send(link.client(), (byte) i);
    }
    List<byte[]> arrived = new ArrayList<>();
    Await.until(
        () -> arrived.size() + " of 10 messages; " + link,
        () -> {
          link.pollClient();
          int before = arrived.size();
          link.server().poll(Link.into(arrived), 3);
          assertTrue(arrived.size() - before <= 3, "poll(handler, 3) handed over more than 3");
          return arrived.size() == 10;
        });
    Await.until("poll returns 0 when idle", () -> link.server().poll(Link.into(arrived), 100) == 0);
    assertEquals(10, arrived.size());
  }
}
