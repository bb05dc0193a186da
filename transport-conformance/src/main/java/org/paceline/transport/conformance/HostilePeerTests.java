// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/** A peer that breaks the rules loses its channel, hears why, and costs nobody else anything. */
public interface HostilePeerTests extends ConformanceTest {
  /** Bytes on each side of the region that nothing may change. */
  int GUARD = 4096;

  private NativeMemory guarded() {
    return zeros(HostilePeer.REGION_BYTES + 2 * GUARD);
  }

  private static NativeMemory regionOf(NativeMemory guarded) {
    return guarded.slice(GUARD, HostilePeer.REGION_BYTES);
  }

  private static void assertGuardsUntouched(NativeMemory guarded) {
    assertArrayEquals(new byte[GUARD], Bytes.bytesOf(guarded, 0, GUARD), "before the region");
    assertArrayEquals(
        new byte[GUARD],
        Bytes.bytesOf(guarded, guarded.lengthBytes() - GUARD, GUARD),
        "after the region");
  }

  /** One that writes through an ordinary channel. */
  private void assertWriteIsFatal(int regionId, long offset, int length) {
    Link good = link();
    Link bad = kept(good.another());
    NativeMemory guarded = guarded();
    NativeMemory source = memoryOf(Bytes.random(new Random(6), length));
    bad.register(bad.server(), HostilePeer.REGION, regionOf(guarded));
    bad.write(bad.client(), regionId, offset, source);
    bad.pollUntil("the server has closed", () -> bad.server().isClosed());
    String reason = bad.server().closeReason();
    assertTrue(reason.contains("region " + regionId), "names what was wrong: " + reason);
    bad.pollUntil("the writer hears of it", () -> bad.client().isClosed());
    assertFalse(bad.client().closeReason().isEmpty());
    assertArrayEquals(
        new byte[HostilePeer.REGION_BYTES],
        Bytes.bytesOf(regionOf(guarded), 0, HostilePeer.REGION_BYTES),
        "the region itself");
    assertGuardsUntouched(guarded);
    good.assertWorks();
    kept(good.another()).assertWorks();
  }

  @ParameterizedTest
  @CsvSource({"8, 0", "8, 1", "-7, 10", "2147483647, 5000", "0, 100000"})
  default void writeToAnUnknownRegionIsFatal(int regionId, int length) {
    assertWriteIsFatal(regionId, 0, length);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1001",
    "0, 50000",
    "991, 10",
    "1000, 1",
    "1001, 0",
    "4294967296, 10",
    "4294967301, 10",
    "9223372036854775807, 1",
    "9223372036854775798, 10",
    "9223372036854775800, 100000"
  })
  default void writeOutsideTheRegionIsFatal(long offset, int length) {
    assertWriteIsFatal(HostilePeer.REGION, offset, length);
  }

  @Test
  default void writeThatEndsExactlyAtTheRegionsEndIsRight() {
    Link link = link();
    NativeMemory guarded = guarded();
    NativeMemory source = zeros(HostilePeer.REGION_BYTES);
    source.putByte(9, (byte) 3);
    link.register(link.server(), HostilePeer.REGION, regionOf(guarded));
    link.accepted(() -> link.client().write(HostilePeer.REGION, 990, source, 0, 10));
    link.accepted(() -> link.client().write(HostilePeer.REGION, 1000, source, 0, 0));
    link.announce(link.client());
    assertTrue(guarded.getByte(GUARD + 999) == 3);
    link.write(link.client(), HostilePeer.REGION, 0, source);
    link.announce(link.client());
    assertGuardsUntouched(guarded);
  }

  @Test
  default void attacksOnTheWire() throws IOException {
    List<HostilePeer> peers = underTest().hostilePeers();
    assumeFalse(
        peers.isEmpty(), underTest().transport().scheme() + " names no hostile peers of its wire");
    Link good = link();
    for (HostilePeer peer : peers) {
      NativeMemory guarded = guarded();
      Closeable attack = kept(peer.attack().begin(good.listener().endpoint()));
      if (peer.reason().isEmpty()) {
        assertNobodyComes(good, peer);
      } else {
        assertLosesItsChannel(good, peer, guarded);
      }
      attack.close();
      assertGuardsUntouched(guarded);
      good.assertWorks();
      try (Link next = good.another()) {
        next.assertWorks();
      }
    }
  }

  private static void assertNobodyComes(Link good, HostilePeer peer) {
    for (int i = 0; i < 100; i++) {
      good.assertWorks();
      Channel accepted = good.listener().accept();
      assertTrue(accepted == null, () -> peer.name() + " got a channel: " + Link.state(accepted));
    }
  }

  private static void assertLosesItsChannel(Link good, HostilePeer peer, NativeMemory guarded) {
    Channel[] accepted = new Channel[1];
    Await.until(
        "accepted, that " + peer.name(),
        () -> {
          good.pollBoth();
          return (accepted[0] = good.listener().accept()) != null;
        });
    List<byte[]> messages = new ArrayList<>();
    try (Channel channel = accepted[0]) {
      channel.register(HostilePeer.REGION, regionOf(guarded));
      Await.until(
          () -> "closed, that " + peer.name() + "; " + Link.state(channel),
          () -> {
            channel.poll(Link.into(messages), 10);
            good.pollBoth();
            return channel.isClosed();
          });
      assertTrue(
          channel.closeReason().contains(peer.reason()),
          () -> peer.name() + ": " + channel.closeReason());
      assertTrue(messages.isEmpty(), () -> peer.name() + " was taken for a message");
    }
  }
}
