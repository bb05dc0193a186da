// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UdpOffloadTest {
  private static final int SEGMENT_BYTES = 1408;
  private static final int BYTES = 10 * SEGMENT_BYTES + 32;

  private final byte[] sent = new byte[BYTES];
  private DatagramChannel receiver;
  private DatagramChannel sender;

  @BeforeEach
  void open() throws IOException {
    receiver = DatagramChannel.open();
    receiver.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    sender = DatagramChannel.open();
    sender.connect(receiver.getLocalAddress());
    assumeTrue(
        UdpOffload.segment(sender, SEGMENT_BYTES), "this system doesn't cut up what is sent");
    new Random(1).nextBytes(sent);
  }

  @AfterEach
  void close() throws IOException {
    sender.close();
    receiver.close();
  }

  private List<Integer> receiveAll() throws IOException {
    ByteBuffer received = ByteBuffer.allocateDirect(1 << 16);
    List<Integer> lengths = new ArrayList<>();
    while (received.position() < BYTES) {
      int before = received.position();
      receiver.receive(received);
      lengths.add(received.position() - before);
    }
    byte[] bytes = new byte[BYTES];
    received.flip().get(bytes);
    assertArrayEquals(sent, bytes);
    return lengths;
  }

  @Test
  void whatIsSentAtOnceBecomesDatagramsOfTheLengthThatWasSet() throws IOException {
    assertEquals(BYTES, sender.write(ByteBuffer.wrap(sent)));
    List<Integer> lengths = receiveAll();
    assertEquals(11, lengths.size());
    assertEquals(32, lengths.get(10));
    lengths.subList(0, 10).forEach(length -> assertEquals(SEGMENT_BYTES, length));
  }

  @Test
  void whatWasSentAtOnceIsReceivedAtOnceIfWanted() throws IOException {
    assumeTrue(UdpOffload.coalesce(receiver), "this system doesn't join what is received");
    assertEquals(BYTES, sender.write(ByteBuffer.wrap(sent)));
    assertEquals(List.of(BYTES), receiveAll());
  }

  @Test
  void withoutALengthOneDatagramIsSent() throws IOException {
    UdpOffload.segment(sender, 0);
    assertEquals(BYTES, sender.write(ByteBuffer.wrap(sent)));
    assertEquals(List.of(BYTES), receiveAll());
  }
}
