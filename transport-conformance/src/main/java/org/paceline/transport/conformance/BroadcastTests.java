// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Transport;

/**
 * A broadcast reaches those who are invited, in order, and nobody holds the others up for long. It
 * may lose something, but not here: all who are reached poll, on one quiet machine.
 */
public interface BroadcastTests extends ConformanceTest {
  private ClusterConfig config() {
    return underTest().broadcastConfig().build();
  }

  private Broadcast broadcast(Transport transport) {
    Optional<Broadcast> broadcast = transport.broadcast(config());
    assumeTrue(broadcast.isPresent(), transport.scheme() + " has no broadcast");
    return kept(broadcast.get());
  }

  private Group group(int size) {
    Broadcast broadcast = broadcast(underTest().transport());
    return kept(new Group(broadcast, Link.open(underTest(), config()), size));
  }

  @Test
  default void broadcastMessagesReachAllInOrder() {
    Group group = group(3);
    group.invite(3);
    assertFalse(group.broadcast().group().isEmpty());
    Random random = new Random(31);
    int max = group.link(0).client().maxMessageLength();
    List<byte[]> sent = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int length = i == 100 ? max : 1 + random.nextInt(i % 20 == 0 ? max : 2000);
      byte[] message = Bytes.random(random, length);
      sent.add(message);
      group.send(message);
    }
    group.until(
        "all messages have arrived",
        () -> group.links().stream().allMatch(link -> link.atServer().size() >= sent.size()));
    for (Link link : group.links()) {
      assertEquals(sent.size(), link.atServer().size(), link::toString);
      for (int i = 0; i < sent.size(); i++) {
        assertArrayEquals(sent.get(i), link.atServer().get(i), "message " + i);
      }
    }
  }

  @Test
  default void broadcastWritesLandBeforeTheMessageThatFollows() {
    Group group = group(3);
    int regionBytes = 3_000_000;
    List<NativeMemory> regions = new ArrayList<>();
    for (Link link : group.links()) {
      NativeMemory region = zeros(regionBytes);
      regions.add(region);
      link.register(link.server(), 1, region);
    }
    group.invite(3);
    byte[] expected = new byte[regionBytes];
    Random random = new Random(32);
    int[] lengths = {0, 1, 3, 1000, 1409, 4097, 65_537, 300_001, 2_000_003};
    for (int length : lengths) {
      byte[] bytes = Bytes.random(random, length);
      int offset = random.nextInt(regionBytes - length);
      System.arraycopy(bytes, 0, expected, offset, length);
      group.write(1, offset, memoryOf(bytes));
      group.announceTo(group.links());
      for (NativeMemory region : regions) {
        assertArrayEquals(expected, Bytes.bytesOf(region, 0, regionBytes), "a write of " + length);
      }
    }
  }

  @Test
  default void broadcastToARegionThatAPeerLacksIsSkippedThere() {
    Group group = group(3);
    NativeMemory large = zeros(100_000);
    NativeMemory small = zeros(99_999);
    group.link(0).register(group.link(0).server(), 1, large);
    group.link(1).register(group.link(1).server(), 1, small);
    group.invite(3);
    byte[] bytes = Bytes.random(new Random(33), 100_000);
    group.write(1, 0, memoryOf(bytes));
    group.write(1, Long.MAX_VALUE - 1, memoryOf((byte) 1, (byte) 1, (byte) 1));
    group.announceTo(group.links());
    assertArrayEquals(bytes, Bytes.bytesOf(large, 0, bytes.length));
    assertArrayEquals(new byte[99_999], Bytes.bytesOf(small, 0, 99_999));
    group.links().forEach(Link::assertWorks);
  }

  @Test
  default void unregisteredRegionIsNotWrittenByABroadcastAnyMore() {
    Group group = group(1);
    Link link = group.link(0);
    NativeMemory region = zeros(4 << 20);
    link.register(link.server(), 1, region);
    group.invite(1);
    NativeMemory source = zeros(4 << 20);
    source.putByte(0, (byte) 1);
    group.write(1, 0, source);
    group.until("the write begins to land", () -> region.getByte(0) == 1);
    link.server().unregister(1);
    for (long i = 0; i < region.lengthBytes(); i += 1024) {
      region.putByte(i, (byte) 7);
    }
    group.announceTo(group.links());
    for (long i = 0; i < region.lengthBytes(); i += 1024) {
      assertEquals(7, region.getByte(i), "after unregister, at " + i);
    }
    link.assertWorks();
  }

  @Test
  default void whoIsNotInvitedHearsNoBroadcast() {
    Group group = group(3);
    group.invite(2);
    assertFalse(group.broadcast().reaches(group.link(2).client()));
    NativeMemory region = zeros(1000);
    group.link(2).register(group.link(2).server(), 1, region);
    group.write(1, 0, memoryOf(new byte[] {1, 2, 3}));
    group.announceTo(group.links().subList(0, 2));
    group.links().forEach(Link::assertWorks);
    assertEquals(0, region.getByte(0));
  }

  @Test
  default void channelMayBeInvitedBeforeItIsConnected() {
    Transport transport = underTest().transport();
    Broadcast broadcast = broadcast(transport);
    Link link = kept(Link.open(underTest(), config()));
    Channel early = kept(transport.connect(link.listener().endpoint(), config()));
    broadcast.invite(early);
    Channel[] server = new Channel[1];
    Await.until(
        () -> "reached; " + Link.state(early) + "; " + Link.state(server[0]),
        () -> {
          broadcast.poll();
          early.poll((from, buffer, offset, length) -> {}, 1);
          if (server[0] == null) {
            server[0] = link.listener().accept();
          } else {
            server[0].poll((from, buffer, offset, length) -> {}, 1);
          }
          return broadcast.reaches(early);
        });
    kept(server[0]);
  }

  @Test
  default void broadcastToNobodyIsNotConnected() {
    Group group = group(1);
    NativeMemory source = zeros(8);
    UnsafeBuffer message = new UnsafeBuffer(new byte[1]);
    assertEquals(Channel.NOT_CONNECTED, group.broadcast().offer(message, 0, 1));
    assertEquals(Channel.NOT_CONNECTED, group.broadcast().write(1, 0, source, 0, 8));
    assertFalse(group.broadcast().reaches(group.link(0).client()));
  }

  @Test
  default void broadcastsCompletedPositionTellsWhenTheSourceMayChange() {
    Group group = group(2);
    int length = 8 << 20;
    List<NativeMemory> regions = new ArrayList<>();
    for (Link link : group.links()) {
      NativeMemory region = zeros(length);
      regions.add(region);
      link.register(link.server(), 1, region);
    }
    group.invite(2);
    NativeMemory source = zeros(length);
    long position = group.write(1, 0, source);
    long[] last = new long[1];
    group.until(
        "the write is completed",
        () -> {
          long completed = group.broadcast().completedPosition();
          assertTrue(completed >= last[0], () -> completed + " after " + last[0]);
          last[0] = completed;
          return completed >= position;
        });
    for (long i = 0; i < length; i += 1024) {
      source.putByte(i, (byte) 1);
    }
    group.announceTo(group.links());
    for (NativeMemory region : regions) {
      for (long i = 0; i < length; i += 1024) {
        assertEquals(0, region.getByte(i), "at " + i);
      }
    }
  }

  @Test
  default void broadcastGoesOnWithoutWhoClosed() {
    Group group = group(3);
    group.invite(3);
    group.link(0).client().close();
    assertFalse(group.broadcast().reaches(group.link(0).client()));
    group.announceTo(group.links().subList(1, 3));
    group.link(1).server().close();
    group.until(
        "the peer's close is noticed", () -> !group.broadcast().reaches(group.link(1).client()));
    group.announceTo(group.links().subList(2, 3));
    group.link(2).client().close();
    UnsafeBuffer message = new UnsafeBuffer(new byte[1]);
    group.until(
        "nobody is left", () -> group.broadcast().offer(message, 0, 1) == Channel.NOT_CONNECTED);
  }

  /** Broadcasts 64 MiB to all but those who are gone. */
  private void assertGoesOn(Group group, List<Link> receivers) {
    NativeMemory source = zeros(1 << 20);
    for (int i = 0; i < 64; i++) {
      group.write(1, 0, source);
    }
    group.announceTo(receivers);
  }

  @Test
  default void silentPeerHoldsTheBroadcastUpNoLongerThanItsChannelIsOpen() {
    Group group = group(2);
    Link silent = kept(group.link(0).another());
    group.broadcast().invite(silent.client());
    Await.until(
        () -> "reached; " + silent,
        () -> {
          group.poll();
          silent.pollBoth();
          return group.broadcast().reaches(silent.client());
        });
    group.invite(2);
    NativeMemory source = zeros(1 << 20);
    long giveUpNs = System.nanoTime() + config().heartbeatTimeout().toNanos();
    for (int i = 0; i < 64 && System.nanoTime() < giveUpNs; i++) {
      group.broadcast().write(1, 0, source, 0, source.lengthBytes());
      group.poll();
    }
    silent.client().close("silent for too long");
    long position = group.write(1, 0, source);
    group.until(
        "what was accepted is completed or given up",
        () -> group.broadcast().completedPosition() >= position);
    assertGoesOn(group, group.links());
  }

  @Test
  default void killedPeerHoldsTheBroadcastUpNoLongerThanTheHeartbeatTimeout()
      throws IOException, InterruptedException {
    Group group = group(2);
    try (PeerProcess peer = PeerProcess.listeningForBroadcasts(underTest())) {
      Channel channel = kept(underTest().transport().connect(peer.endpoint(), config()));
      group.broadcast().invite(channel);
      Await.until(
          () -> "reached; " + Link.state(channel),
          () -> {
            group.poll();
            channel.poll((from, buffer, offset, length) -> {}, 10);
            return group.broadcast().reaches(channel);
          });
      group.invite(2);
      peer.kill();
      long killedNs = System.nanoTime();
      group.until(
          "the heartbeat timeout has passed or the channel has closed",
          () -> {
            channel.poll((from, buffer, offset, length) -> {}, 10);
            return channel.isClosed()
                || System.nanoTime() - killedNs > config().heartbeatTimeout().toNanos();
          });
      channel.close("silent for too long");
      assertFalse(group.broadcast().reaches(channel));
      assertGoesOn(group, group.links());
    }
  }

  @Test
  default void closedBroadcastLeavesItsChannelsAlone() {
    Group group = group(2);
    group.invite(2);
    NativeMemory source = zeros(8);
    UnsafeBuffer message = new UnsafeBuffer(new byte[1]);
    group.broadcast().close();
    group.broadcast().close();
    assertEquals(Channel.CLOSED, group.broadcast().offer(message, 0, 1));
    assertEquals(Channel.CLOSED, group.broadcast().write(1, 0, source, 0, 8));
    assertEquals(0, group.broadcast().poll());
    for (Link link : group.links()) {
      assertFalse(group.broadcast().reaches(link.client()));
      link.assertWorks();
    }
  }
}
