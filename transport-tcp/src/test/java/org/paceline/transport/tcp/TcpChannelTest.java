// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.Link;

/** What holds for TCP beyond what holds for every transport. */
@Timeout(120)
class TcpChannelTest {
  private final Link link = Link.open(new TcpUnderTest());
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
  void queuedMessagesAreNotCompletedUntilTheSystemHasThem() {
    UnsafeBuffer message = new UnsafeBuffer(new byte[1000]);
    int accepted = 0;
    long lastPosition = 0;
    while (true) {
      long position = link.client().offer(message, 0, message.capacity());
      if (position > 0) {
        lastPosition = position;
        accepted++;
      } else {
        assertEquals(Channel.BACK_PRESSURED, position);
        if (link.client().poll(Link.into(link.atClient()), 1) == 0) {
          break;
        }
      }
    }
    assertTrue(link.client().completedPosition() < lastPosition);
    int expected = accepted;
    link.pollUntil("all have arrived", () -> link.atServer().size() == expected);
    assertEquals(lastPosition, link.client().completedPosition());
  }

  @Test
  void queueOfWritesHoldsSoMany() {
    NativeMemory source = kept(NativeMemory.allocate(1 << 20));
    link.server().register(1, source);
    int accepted = 0;
    while (link.client().write(1, 0, source, 0, 1 << 20) > 0) {
      accepted++;
    }
    assertEquals(SendQueue.MAX_OPERATIONS, accepted);
  }

  @Test
  void largeWriteIsNotCompletedWhileItsPeerDoesNotRead() {
    NativeMemory source = kept(NativeMemory.allocateZeroed(64 << 20));
    link.server().register(1, source);
    long position = link.client().write(1, 0, source, 0, source.lengthBytes());
    for (int i = 0; i < 50; i++) {
      link.pollClient();
    }
    assertTrue(link.client().completedPosition() < position);
  }

  @Test
  void closeReasonsSayWhoClosed() {
    link.client().close();
    assertEquals("closed on this side", link.client().closeReason());
    link.pollUntil("the server has closed", () -> link.server().isClosed());
    assertEquals(link.server().peer() + " closed the connection", link.server().closeReason());
    assertFalse(link.server().isConnected());
  }

  @Test
  void writeToAnUnregisteredRegionIsNamed() {
    NativeMemory memory = kept(NativeMemory.allocateZeroed(64));
    link.server().register(1, memory);
    link.server().unregister(1);
    link.client().write(1, 0, memory, 0, 1);
    link.pollUntil("the server has closed", () -> link.server().isClosed());
    String reason = link.server().closeReason();
    assertTrue(reason.endsWith("it wrote to region 1, which is not registered"), reason);
  }

  @Test
  void unregisteringInTheMiddleOfAWriteClosesAtOnce() {
    NativeMemory memory = kept(NativeMemory.allocate(64 << 20));
    link.server().register(1, memory);
    link.client().write(1, 0, memory, 0, memory.lengthBytes());
    link.pollClient();
    Await.until("the write begins", () -> link.server().poll(Link.into(link.atServer()), 1) > 0);
    link.server().unregister(1);
    assertTrue(link.server().isClosed());
    String reason = link.server().closeReason();
    assertTrue(reason.contains("still writing to region 1"), reason);
  }
}
