// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.paceline.transport.tcp.Link.bytesOf;
import static org.paceline.transport.tcp.Link.memoryOf;
import static org.paceline.transport.tcp.Link.offer;
import static org.paceline.transport.tcp.Link.random;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

@Timeout(120)
class TcpChannelTest {
  private final Link link = new Link();
  private final List<NativeMemory> memories = new ArrayList<>();

  @AfterEach
  void close() {
    link.close();
    memories.forEach(NativeMemory::close);
  }

  private NativeMemory kept(NativeMemory memory) {
    memories.add(memory);
    return memory;
  }

  @Test
  void messagesOfEverySizeArriveInOrderInBothDirections() {
    Random random = new Random(1);
    int[] lengths = {1, 2, 3, 7, 8, 63, 64, 65, 1000, 65_535, 65_536, Frame.MAX_MESSAGE_BYTES};
    List<byte[]> sent = new ArrayList<>();
    for (int length : lengths) {
      byte[] message = random(random, length);
      sent.add(message);
      for (Channel from : List.of(link.client, link.server)) {
        Link.until(
            () -> {
              link.pollBoth();
              return offer(from, message) > 0;
            });
      }
    }
    link.pollUntil(
        () -> link.atClient.size() == sent.size() && link.atServer.size() == sent.size());
    for (int i = 0; i < sent.size(); i++) {
      assertArrayEquals(sent.get(i), link.atServer.get(i));
      assertArrayEquals(sent.get(i), link.atClient.get(i));
    }
  }

  @Test
  void writesOfEverySizeLandBeforeTheMessageThatFollows() {
    Random random = new Random(2);
    int[] lengths = {
      0, 1, 3, 24, 1023, 4095, 4096, 4097, 10_007, 32_768, 65_537, 262_144, 300_001, 1 << 20,
      5_000_011
    };
    for (int length : lengths) {
      byte[] bytes = random(random, length);
      int shift = random.nextInt(100);
      NativeMemory region = kept(NativeMemory.allocateZeroed(length + 200));
      NativeMemory source = kept(memoryOf(bytes));
      link.server.register(5, region);
      assertTrue(link.client.write(5, shift, source, 0, length) > 0);
      assertTrue(offer(link.client, new byte[] {1}) > 0);
      link.pollUntil(() -> !link.atServer.isEmpty());
      assertArrayEquals(bytes, bytesOf(region, shift, length), "length " + length);
      assertArrayEquals(new byte[shift], bytesOf(region, 0, shift));
      assertArrayEquals(new byte[200 - shift], bytesOf(region, shift + length, 200 - shift));
      link.server.unregister(5);
      link.atServer.clear();
    }
  }

  @Test
  void randomMixOfMessagesAndWritesToManyRegionsKeepsItsOrder() {
    for (long seed = 10; seed < 16; seed++) {
      randomMix(new Random(seed));
    }
  }

  private void randomMix(Random random) {
    int regions = 200;
    int regionBytes = 150_000;
    for (int id = 0; id < regions; id++) {
      link.server.register(id - 100, kept(NativeMemory.allocateZeroed(regionBytes)));
    }
    byte[][] expected = new byte[regions][regionBytes];
    List<byte[]> sent = new ArrayList<>();
    int first = memories.size() - regions;
    for (int i = 0; i < 600; i++) {
      if (random.nextInt(3) > 0) {
        int region = random.nextInt(regions);
        int length = random.nextInt(random.nextBoolean() ? 500 : regionBytes);
        int offset = random.nextInt(regionBytes - length + 1);
        byte[] bytes = random(random, length);
        System.arraycopy(bytes, 0, expected[region], offset, length);
        NativeMemory source = memoryOf(bytes);
        long position = retry(() -> link.client.write(region - 100, offset, source, 0, length));
        memories.add(source);
        assertTrue(position > 0);
      } else {
        byte[] message = random(random, 1 + random.nextInt(3000));
        sent.add(message);
        retry(() -> offer(link.client, message));
      }
      if (random.nextInt(5) == 0) {
        link.pollBoth();
      }
    }
    byte[] last = {42};
    sent.add(last);
    retry(() -> offer(link.client, last));
    link.pollUntil(() -> link.atServer.size() == sent.size());
    for (int i = 0; i < sent.size(); i++) {
      assertArrayEquals(sent.get(i), link.atServer.get(i));
    }
    for (int id = 0; id < regions; id++) {
      assertArrayEquals(expected[id], bytesOf(memories.get(first + id), 0, regionBytes));
      link.server.unregister(id - 100);
    }
    link.atServer.clear();
  }

  private long retry(java.util.function.LongSupplier call) {
    long[] result = new long[1];
    Link.until(
        () -> {
          result[0] = call.getAsLong();
          if (result[0] == Channel.BACK_PRESSURED) {
            link.pollBoth();
          }
          return result[0] != Channel.BACK_PRESSURED;
        });
    return result[0];
  }

  @Test
  void slowReaderCausesBackPressureAndEverythingArrivesOnceItReads() {
    byte[] message = new byte[1000];
    UnsafeBuffer buffer = new UnsafeBuffer(message);
    int accepted = 0;
    long lastPosition = 0;
    while (true) {
      buffer.putInt(0, accepted);
      long position = link.client.offer(buffer, 0, message.length);
      if (position > 0) {
        assertTrue(position > lastPosition);
        lastPosition = position;
        accepted++;
      } else {
        assertEquals(Channel.BACK_PRESSURED, position);
        if (link.client.poll(Link.into(link.atClient), 1) == 0) {
          break;
        }
      }
    }
    assertTrue(link.client.completedPosition() < lastPosition);
    int expected = accepted;
    link.pollUntil(() -> link.atServer.size() == expected);
    for (int i = 0; i < expected; i++) {
      assertEquals(i, new UnsafeBuffer(link.atServer.get(i)).getInt(0));
    }
    assertEquals(lastPosition, link.client.completedPosition());
    assertTrue(offer(link.client, message) > 0);
  }

  @Test
  void queueOfWritesIsBoundedToo() {
    NativeMemory source = kept(NativeMemory.allocate(1 << 20));
    link.server.register(1, source);
    int accepted = 0;
    while (link.client.write(1, 0, source, 0, 1 << 20) > 0) {
      accepted++;
    }
    assertEquals(SendQueue.MAX_OPERATIONS, accepted);
  }

  @Test
  void completedPositionTellsWhenTheSourceMayChange() {
    int length = 64 << 20;
    NativeMemory source = kept(NativeMemory.allocateZeroed(length));
    NativeMemory region = kept(NativeMemory.allocateZeroed(length));
    link.server.register(1, region);
    long position = link.client.write(1, 0, source, 0, length);
    for (int i = 0; i < 50; i++) {
      link.client.poll(Link.into(link.atClient), 1);
    }
    assertTrue(link.client.completedPosition() < position);
    link.pollUntil(() -> link.client.completedPosition() >= position);
    for (long i = 0; i < length; i += 4096) {
      source.putByte(i, (byte) 1);
    }
    offer(link.client, new byte[1]);
    link.pollUntil(() -> !link.atServer.isEmpty());
    for (long i = 0; i < length; i += 4096) {
      assertEquals(0, region.getByte(i));
    }
  }

  @Test
  void pollHandsOverAtMostTheLimit() {
    for (int i = 0; i < 10; i++) {
      offer(link.client, new byte[] {(byte) i});
    }
    link.client.poll(Link.into(link.atClient), 1);
    Link.until(() -> link.server.poll(Link.into(link.atServer), 3) > 0);
    assertEquals(3, link.atServer.size());
    link.server.poll(Link.into(link.atServer), 3);
    assertEquals(6, link.atServer.size());
    link.server.poll(Link.into(link.atServer), 100);
    assertEquals(10, link.atServer.size());
    assertEquals(0, link.server.poll(Link.into(link.atServer), 100));
  }

  @Test
  void offsetsBeyondFourGiBWork() {
    long far = (4L << 30) + (1L << 29) + 13;
    int length = 8 << 20;
    byte[] bytes = random(new Random(3), length);
    NativeMemory sparseSource = kept(NativeMemory.allocate(5L << 30));
    NativeMemory sparseRegion = kept(NativeMemory.allocate(5L << 30));
    sparseSource.putBytes(far, bytes, 0, length);
    link.server.register(1, sparseRegion);
    link.client.write(1, far + 1, sparseSource, far, length);
    offer(link.client, new byte[1]);
    link.pollUntil(() -> !link.atServer.isEmpty());
    assertArrayEquals(bytes, bytesOf(sparseRegion, far + 1, length));
  }

  @Test
  void oneWriteMayBeLongerThanTwoGiB() {
    long length = (2L << 30) + (1L << 28) + 5;
    NativeMemory source = kept(NativeMemory.allocate(length));
    NativeMemory region = kept(NativeMemory.allocate(length));
    long[] marks = {0, 1L << 30, Integer.MAX_VALUE, 1L << 31, length - 1};
    for (int i = 0; i < marks.length; i++) {
      source.putByte(marks[i], (byte) (i + 1));
    }
    link.server.register(1, region);
    long position = link.client.write(1, 0, source, 0, length);
    assertTrue(position > length);
    offer(link.client, new byte[1]);
    link.pollUntil(() -> !link.atServer.isEmpty());
    for (int i = 0; i < marks.length; i++) {
      assertEquals(i + 1, region.getByte(marks[i]));
    }
    assertTrue(link.client.completedPosition() > position);
  }

  @Test
  void closeHandsOverWhatWasQueued() {
    for (int i = 0; i < 100; i++) {
      offer(link.client, new byte[500]);
    }
    link.client.close();
    assertTrue(link.client.isClosed());
    assertEquals("closed on this side", link.client.closeReason());
    assertEquals(Channel.CLOSED, offer(link.client, new byte[1]));
    link.pollUntil(() -> link.server.isClosed());
    assertEquals(100, link.atServer.size());
    assertEquals(link.server.peer() + " closed the connection", link.server.closeReason());
    assertFalse(link.server.isConnected());
  }

  @Test
  void closeWithUnreadInputStillDeliversTheLastWords() {
    offer(link.server, new byte[60_000]);
    link.server.poll(Link.into(link.atServer), 1);
    byte[] lastWords = "no memory left".getBytes(StandardCharsets.UTF_8);
    offer(link.client, lastWords);
    link.client.close("the worker refused");
    assertEquals("the worker refused", link.client.closeReason());
    link.pollUntil(() -> link.server.isClosed());
    assertArrayEquals(lastWords, link.atServer.get(0));
  }

  @Test
  void closeFromInsideTheHandlerEndsThePoll() {
    for (int i = 0; i < 10; i++) {
      offer(link.client, new byte[] {(byte) i});
    }
    link.client.poll(Link.into(link.atClient), 1);
    byte[] answer = {9, 9};
    int[] calls = new int[1];
    Link.until(
        () -> {
          link.server.poll(
              (channel, buffer, offset, length) -> {
                calls[0]++;
                offer(channel, answer);
                channel.close("heard enough");
                assertEquals(0, buffer.getByte(offset));
              },
              100);
          return link.server.isClosed();
        });
    assertEquals(1, calls[0]);
    assertEquals("heard enough", link.server.closeReason());
    link.pollUntil(() -> link.client.isClosed());
    assertArrayEquals(answer, link.atClient.get(0));
  }

  @Test
  void closedWhileWritingWhatArrivedBeforeIsStillDelivered() {
    NativeMemory source = kept(NativeMemory.allocate(256 << 20));
    link.client.write(1, 0, source, 0, source.lengthBytes());
    link.client.poll(Link.into(link.atClient), 1);
    byte[] refusal = "refused".getBytes(StandardCharsets.UTF_8);
    offer(link.server, refusal);
    link.server.close();
    link.pollUntil(() -> link.client.isClosed());
    assertArrayEquals(refusal, link.atClient.get(0));
    assertFalse(link.client.closeReason().isEmpty());
  }

  @Test
  void unregisteredRegionTakesNoMoreWrites() {
    NativeMemory memory = kept(NativeMemory.allocateZeroed(64));
    link.server.register(1, memory);
    assertThrows(IllegalArgumentException.class, () -> link.server.register(1, memory));
    link.server.unregister(1);
    link.client.write(1, 0, kept(memoryOf(new byte[] {1})), 0, 1);
    link.pollUntil(() -> link.server.isClosed());
    assertTrue(link.server.closeReason().endsWith("it wrote to region 1, which is not registered"));
    assertEquals(0, memory.getByte(0));
  }

  @Test
  void unregisteringInTheMiddleOfAWriteCloses() {
    NativeMemory memory = kept(NativeMemory.allocate(64 << 20));
    link.server.register(1, memory);
    link.client.write(1, 0, memory, 0, memory.lengthBytes());
    link.client.poll(Link.into(link.atClient), 1);
    Link.until(() -> link.server.poll(Link.into(link.atServer), 1) > 0);
    link.server.unregister(1);
    assertTrue(link.server.isClosed());
    assertTrue(link.server.closeReason().contains("still writing to region 1"));
  }

  @Test
  void wrongArgumentsAreTheCallersFault() {
    NativeMemory memory = kept(NativeMemory.allocate(10));
    assertThrows(IllegalArgumentException.class, () -> offer(link.client, new byte[0]));
    assertThrows(
        IllegalArgumentException.class,
        () -> offer(link.client, new byte[Frame.MAX_MESSAGE_BYTES + 1]));
    assertThrows(IndexOutOfBoundsException.class, () -> link.client.write(1, 0, memory, 1, 10));
    assertThrows(IllegalArgumentException.class, () -> link.client.write(1, -1, memory, 0, 1));
    assertTrue(link.client.maxMessageLength() >= 64 << 10);
  }

  @Test
  void anotherConnectionCanBeMadeAfterOneEnded() {
    for (int i = 0; i < 3; i++) {
      link.client.close();
      link.pollUntil(() -> link.server.isClosed());
      link.atServer.clear();
      link.connect(new TcpTransport(), Link.CONFIG);
      offer(link.client, new byte[] {7});
      link.pollUntil(() -> !link.atServer.isEmpty());
    }
  }
}
