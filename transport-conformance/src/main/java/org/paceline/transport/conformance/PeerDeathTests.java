// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/**
 * A peer's process is killed. The channel then closes with a reason, or nothing is received any
 * more, from which the layer above concludes the same when the heartbeat timeout has passed.
 * Meanwhile its calls return what they always do, and channels to others go on.
 */
public interface PeerDeathTests extends ConformanceTest {
  /** Polls until the peer has sent so many messages. */
  private void awaitMessages(Channel channel, List<byte[]> messages, int count) {
    Await.until(
        () -> count + " messages, not " + messages.size() + "; " + Link.state(channel),
        () -> {
          channel.poll(Link.into(messages), 10);
          return messages.size() >= count;
        });
  }

  /**
   * Polls a channel whose peer was killed, and a healthy one beside it, until it counts as lost.
   */
  private void assertEnds(Channel channel, Link other) {
    long heartbeatNs = underTest().config().build().heartbeatTimeout().toNanos();
    NativeMemory source = zeros(1 << 20);
    long[] completed = {channel.completedPosition()};
    long[] received = {channel.receivedBytes()};
    long[] quietSinceNs = {System.nanoTime()};
    Await.until(
        () -> "closed or silent; " + Link.state(channel),
        () -> {
          channel.poll((from, buffer, offset, length) -> {}, 10);
          Link.offer(channel, (byte) 1);
          channel.write(EchoPeer.REGION, 0, source, 0, source.lengthBytes());
          assertTrue(channel.completedPosition() >= completed[0], "completedPosition fell");
          completed[0] = channel.completedPosition();
          if (channel.receivedBytes() != received[0]) {
            received[0] = channel.receivedBytes();
            quietSinceNs[0] = System.nanoTime();
          }
          other.assertWorks();
          return channel.isClosed() || System.nanoTime() - quietSinceNs[0] > heartbeatNs;
        });
    channel.close("silent for too long");
    assertTrue(channel.isClosed());
    assertFalse(channel.closeReason().isEmpty());
    assertEquals(Channel.CLOSED, Link.offer(channel, (byte) 1));
  }

  @Test
  default void killedListener() throws IOException, InterruptedException {
    Link other = link();
    try (PeerProcess peer = PeerProcess.listening(underTest())) {
      Channel channel =
          kept(underTest().transport().connect(peer.endpoint(), underTest().config().build()));
      List<byte[]> messages = new ArrayList<>();
      awaitMessages(channel, messages, 1);
      assertTrue(Link.offer(channel, (byte) 1, (byte) 2) > 0);
      awaitMessages(channel, messages, 2);
      peer.kill();
      assertEnds(channel, other);
    }
  }

  @Test
  default void killedConnector() throws IOException, InterruptedException {
    Link other = link();
    try (PeerProcess peer = PeerProcess.connectingTo(other.listener().endpoint(), underTest())) {
      Channel channel = accept(other);
      List<byte[]> messages = new ArrayList<>();
      awaitMessages(channel, messages, 1);
      peer.kill();
      assertEnds(channel, other);
    }
    kept(other.another()).assertWorks();
  }

  private Channel accept(Link link) {
    Channel[] accepted = new Channel[1];
    Await.until(
        "the peer process has connected", () -> (accepted[0] = link.listener().accept()) != null);
    return kept(accepted[0]);
  }

  @Test
  default void killedInTheMiddleOfItsWrites() throws IOException, InterruptedException {
    Link other = link();
    try (PeerProcess peer = PeerProcess.connectingTo(other.listener().endpoint(), underTest())) {
      Channel channel = accept(other);
      NativeMemory region = zeros(EchoPeer.REGION_BYTES);
      channel.register(EchoPeer.REGION, region);
      List<byte[]> messages = new ArrayList<>();
      awaitMessages(channel, messages, 1);
      assertTrue(Link.offer(channel, EchoPeer.FLOOD) > 0);
      long enough = channel.receivedBytes() + 3L * EchoPeer.REGION_BYTES / 2;
      Await.until(
          () -> "writes arrive; " + Link.state(channel),
          () -> {
            channel.poll(Link.into(messages), 10);
            return channel.receivedBytes() >= enough;
          });
      peer.kill();
      assertEnds(channel, other);
      assertEquals(1, messages.size(), "messages");
      region.putByte(0, (byte) 7);
      other.assertWorks();
      assertEquals(7, region.getByte(0), "after close");
    }
  }

  @Test
  default void killedInTheMiddleOfWritesToIt() throws IOException, InterruptedException {
    Link other = link();
    try (PeerProcess peer = PeerProcess.listening(underTest())) {
      Channel channel =
          kept(underTest().transport().connect(peer.endpoint(), underTest().config().build()));
      awaitMessages(channel, new ArrayList<>(), 1);
      NativeMemory source = zeros(EchoPeer.REGION_BYTES);
      while (channel.write(EchoPeer.REGION, 0, source, 0, source.lengthBytes()) > 0) {
        channel.poll((from, buffer, offset, length) -> {}, 10);
        if (channel.completedPosition() > source.lengthBytes()) {
          break;
        }
      }
      peer.kill();
      assertEnds(channel, other);
    }
  }
}
