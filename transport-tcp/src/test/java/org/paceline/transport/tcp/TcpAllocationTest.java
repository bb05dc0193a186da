// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.MessageHandler;

/** In steady state neither end allocates: both are driven by this thread, whose bytes count. */
@Timeout(120)
class TcpAllocationTest {
  private static final int WARM_UP = 20_000;
  private static final int ROUND_TRIPS = 100_000;

  private long answers;
  private final UnsafeBuffer message = new UnsafeBuffer(new byte[64]);
  private final MessageHandler echo =
      (channel, buffer, offset, length) -> channel.offer(buffer, offset, length);
  private final MessageHandler count = (channel, buffer, offset, length) -> answers++;

  @Test
  void messagesAndWritesAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Link link = new Link();
        NativeMemory region = NativeMemory.allocateZeroed(1 << 20);
        NativeMemory source = NativeMemory.allocateZeroed(1 << 20)) {
      link.server.register(1, region);
      roundTrips(link, source, WARM_UP);
      long before = threads.getCurrentThreadAllocatedBytes();
      roundTrips(link, source, ROUND_TRIPS);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(
          allocated < ROUND_TRIPS,
          () -> allocated + " bytes for " + ROUND_TRIPS + " messages, as many writes and answers");
    }
  }

  private void roundTrips(Link link, NativeMemory source, int times) {
    long goal = answers + times;
    for (int i = 0; i < times; i++) {
      // From staged to gathered: both kinds of write.
      long length = (i & 1) == 0 ? 256 : 5000 + (i & 0x3fff);
      link.client.write(1, i & 0xff, source, i & 0xfff, length);
      link.client.offer(message, 0, message.capacity());
      long expected = goal - times + i + 1;
      while (answers < expected) {
        link.client.poll(count, 10);
        link.server.poll(echo, 10);
      }
    }
  }
}
