// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/** Regions are found by id, belong to their channel and end when they are unregistered. */
public interface RegionTests extends ConformanceTest {
  @Test
  default void tenThousandRegions() {
    int regions = 10_000;
    int firstId = Integer.MAX_VALUE - regions + 1;
    Link link = link();
    NativeMemory all = zeros(regions * 16L);
    NativeMemory source = zeros(regions * 8L);
    for (int i = 0; i < regions; i++) {
      link.server().register(firstId + i, all.slice(i * 16L, 16));
      source.putLong(i * 8L, i + 1);
      if (i % 1000 == 0) {
        link.announce(link.server());
      }
    }
    link.announce(link.server());
    for (int i = 0; i < regions; i++) {
      int at = i;
      link.accepted(() -> link.client().write(firstId + at, 8, source, at * 8L, 8));
    }
    link.announce(link.client());
    for (int i = 0; i < regions; i++) {
      assertEquals(0, all.getLong(i * 16L));
      assertEquals(i + 1, all.getLong(i * 16L + 8), "region " + (firstId + i));
      link.server().unregister(firstId + i);
    }
    link.announce(link.server());
  }

  @Test
  default void smallWritesLandInOrderThoughTheirSourceChanges() {
    Link link = link();
    Random random = new Random(5);
    byte[] expected = new byte[4000];
    NativeMemory region = zeros(expected.length);
    NativeMemory source = zeros(1500);
    link.register(link.server(), 1, region);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = Bytes.random(random, random.nextInt(1500));
      int offset = random.nextInt(expected.length - bytes.length);
      source.putBytes(0, bytes, 0, bytes.length);
      long position = link.accepted(() -> link.client().write(1, offset, source, 0, bytes.length));
      link.pollUntil("the source is free", () -> link.client().completedPosition() >= position);
      System.arraycopy(bytes, 0, expected, offset, bytes.length);
    }
    link.announce(link.client());
    assertArrayEquals(expected, Bytes.bytesOf(region, 0, expected.length));
  }

  @Test
  default void anIdIsTakenUntilItIsUnregistered() {
    Link link = link();
    NativeMemory first = zeros(8);
    NativeMemory second = zeros(8);
    link.register(link.server(), 3, first);
    assertThrows(IllegalArgumentException.class, () -> link.server().register(3, second));
    link.write(link.client(), 3, 0, memoryOf((byte) 1));
    link.announce(link.client());
    link.server().unregister(3);
    link.register(link.server(), 3, second);
    link.write(link.client(), 3, 0, memoryOf((byte) 2));
    link.announce(link.client());
    assertEquals(1, first.getByte(0));
    assertEquals(2, second.getByte(0));
  }

  @Test
  default void bothEndsMayUseTheSameId() {
    Link link = link();
    NativeMemory atServer = zeros(8);
    NativeMemory atClient = zeros(8);
    link.register(link.server(), 1, atServer);
    link.register(link.client(), 1, atClient);
    link.write(link.client(), 1, 0, memoryOf((byte) 1));
    link.write(link.server(), 1, 0, memoryOf((byte) 2));
    link.announce(link.client());
    link.announce(link.server());
    assertEquals(1, atServer.getByte(0));
    assertEquals(2, atClient.getByte(0));
  }

  @Test
  default void regionsBelongToTheirChannel() {
    List<Link> links = new ArrayList<>();
    List<NativeMemory> regions = new ArrayList<>();
    links.add(link());
    for (int i = 1; i < 5; i++) {
      links.add(kept(links.get(0).another()));
    }
    for (Link link : links) {
      NativeMemory region = zeros(5);
      regions.add(region);
      link.register(link.server(), 1, region);
    }
    for (int i = 0; i < 5; i++) {
      links.get(i).write(links.get(i).client(), 1, i, memoryOf((byte) 9));
    }
    for (int i = 0; i < 5; i++) {
      links.get(i).announce(links.get(i).client());
      byte[] expected = new byte[5];
      expected[i] = 9;
      assertArrayEquals(expected, Bytes.bytesOf(regions.get(i), 0, 5));
    }
  }

  @Test
  default void unregisteredRegionTakesNoMoreWrites() {
    Link link = link();
    NativeMemory memory = zeros(64);
    link.register(link.server(), 17, memory);
    link.server().unregister(17);
    link.write(link.client(), 17, 0, memoryOf((byte) 1));
    link.pollUntil("the server has closed", () -> link.server().isClosed());
    assertTrue(link.server().closeReason().contains("region 17"), link::toString);
    assertEquals(0, memory.getByte(0));
    link.pollUntil("the client has closed", () -> link.client().isClosed());
    assertFalse(link.client().closeReason().isEmpty(), link::toString);
  }

  @Test
  default void unregisteringInTheMiddleOfAWriteClosesAndNothingLandsAnyMore() {
    Link link = link();
    NativeMemory source = zeros(64 << 20);
    NativeMemory region = zeros(64 << 20);
    source.putByte(0, (byte) 1);
    link.register(link.server(), 17, region);
    long position = link.write(link.client(), 17, 0, source);
    Await.until(
        () -> "the write begins to land; " + link,
        () -> {
          link.pollClient();
          link.pollServer();
          return region.getByte(0) == 1;
        });
    link.server().unregister(17);
    for (long i = 0; i < region.lengthBytes(); i += 4096) {
      region.putByte(i, (byte) 7);
    }
    boolean[] again = new boolean[1];
    link.pollUntil(
        "the server has closed",
        () -> {
          // where all had landed already, it is a later write that finds no region
          if (!again[0] && link.client().completedPosition() >= position) {
            again[0] = link.client().write(17, 0, source, 0, 4096) != Channel.BACK_PRESSURED;
          }
          return link.server().isClosed();
        });
    assertTrue(link.server().closeReason().contains("region 17"), link::toString);
    for (long i = 0; i < region.lengthBytes(); i += 4096) {
      assertEquals(7, region.getByte(i), "after unregister, at " + i);
    }
  }

  @Test
  default void wrongArgumentsAreTheCallersFault() {
    Link link = link();
    Channel client = link.client();
    NativeMemory memory = zeros(10);
    byte[] tooLong = new byte[client.maxMessageLength() + 1];
    assertThrows(IllegalArgumentException.class, () -> Link.offer(client));
    assertThrows(IllegalArgumentException.class, () -> Link.offer(client, tooLong));
    assertThrows(IndexOutOfBoundsException.class, () -> client.write(1, 0, memory, 1, 10));
    assertThrows(IndexOutOfBoundsException.class, () -> client.write(1, 0, memory, 0, -1));
    assertThrows(IllegalArgumentException.class, () -> client.write(1, -1, memory, 0, 1));
    link.assertWorks();
  }
}
