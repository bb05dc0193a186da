// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.Bytes;
import org.paceline.transport.conformance.Link;

/** A broadcast to a multicast group on the loopback interface. */
@Tag("slow")
@Timeout(120)
class MulticastTest {
  private static final String GROUP = "224.20.30.41";
  private static final int REGION_BYTES = 3 << 20;

  private final List<Link> links = new ArrayList<>();
  private final List<NativeMemory> regions = new ArrayList<>();
  private Broadcast broadcast;

  @BeforeEach
  void open() throws IOException {
    int port;
    try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET)) {
      probe.bind(new InetSocketAddress(0));
      port = ((InetSocketAddress) probe.getLocalAddress()).getPort();
      InetAddress group = InetAddress.getByName(GROUP);
      NetworkInterface loopback =
          NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
      probe.join(group, loopback);
    } catch (IOException e) {
      assumeTrue(false, "the loopback interface carries no multicast here: " + e.getMessage());
      return;
    }
    ClusterConfig config = new AeronUnderTest().config().multicast(GROUP + ":" + port).build();
    broadcast = new AeronTransport().broadcast(config).orElseThrow();
    links.add(Link.open(new AeronUnderTest(), config));
    for (int i = 1; i < 4; i++) {
      links.add(links.get(0).another());
    }
    for (Link link : links) {
      NativeMemory region = NativeMemory.allocateZeroed(REGION_BYTES);
      regions.add(region);
      link.register(link.server(), 1, region);
    }
  }

  @AfterEach
  void close() {
    if (broadcast != null) {
      broadcast.close();
    }
    for (int i = links.size() - 1; i >= 0; i--) {
      links.get(i).close();
    }
    regions.forEach(NativeMemory::close);
  }

  private void until(String what, BooleanSupplier condition) {
    Await.until(
        () -> what + "; " + links,
        () -> {
          broadcast.poll();
          links.forEach(Link::pollBoth);
          return condition.getAsBoolean();
        });
  }

  private void invite(int index) {
    Channel channel = links.get(index).client();
    broadcast.invite(channel);
    until(index + " is reached", () -> broadcast.reaches(channel));
  }

  private void assertArrivesAt(int seed, int... receivers) {
    byte[] bytes = Bytes.random(new Random(seed), REGION_BYTES);
    UnsafeBuffer announcement = new UnsafeBuffer(new byte[] {(byte) seed});
    try (NativeMemory source = Bytes.memoryOf(bytes)) {
      until("accepted", () -> broadcast.write(1, 0, source, 0, source.lengthBytes()) > 0);
      until("announced", () -> broadcast.offer(announcement, 0, 1) > 0);
      for (int receiver : receivers) {
        Link link = links.get(receiver);
        until("the announcement is at " + receiver, () -> !link.atServer().isEmpty());
        assertEquals(seed, link.atServer().remove(0)[0]);
        assertTrue(link.atServer().isEmpty());
        assertArrayEquals(bytes, Bytes.bytesOf(regions.get(receiver), 0, REGION_BYTES));
      }
    }
  }

  @Test
  void reachesAllAndALateOneAndGoesOnWithoutOneThatLeft() {
    invite(0);
    invite(1);
    invite(2);
    assertFalse(broadcast.reaches(links.get(3).client()));
    assertArrivesAt(1, 0, 1, 2);
    assertEquals(0, links.get(3).server().receivedBytes() / REGION_BYTES, "not invited");
    invite(3);
    assertArrivesAt(2, 0, 1, 2, 3);
    links.get(1).server().close();
    assertArrivesAt(3, 0, 2, 3);
    until("its leaving is noticed", () -> !broadcast.reaches(links.get(1).client()));
    assertTrue(links.get(0).server().receivedBytes() > 3L * REGION_BYTES);
  }
}
