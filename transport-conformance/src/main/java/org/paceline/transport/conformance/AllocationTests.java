// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.MessageHandler;

/** In steady state neither end allocates: both are driven by this thread, whose bytes count. */
public interface AllocationTests extends ConformanceTest {
  @Test
  default void messagesAndWritesAllocateNothing() {
    int warmUp = 10_000;
    int roundTrips = 40_000;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Link link = link();
    link.register(link.server(), 1, zeros(1 << 20));
    Traffic traffic = new Traffic(link, zeros(1 << 20));
    traffic.roundTrips(warmUp);
    long before = threads.getCurrentThreadAllocatedBytes();
    traffic.roundTrips(roundTrips);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(
        allocated < roundTrips,
        () -> allocated + " bytes for " + roundTrips + " messages, as many writes and answers");
  }

  /** Writes and messages in bursts, each message answered. */
  final class Traffic {
    private static final int BURST = 100;

    private final Link link;
    private final NativeMemory source;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[64]);
    private final MessageHandler owe = (channel, buffer, offset, length) -> owe();
    private final MessageHandler count = (channel, buffer, offset, length) -> countAnswer();
    private int answers;
    private int owed;

    Traffic(Link link, NativeMemory source) {
      this.link = link;
      this.source = source;
    }

    private void owe() {
      owed++;
    }

    private void countAnswer() {
      answers++;
    }

    void roundTrips(int times) {
      int sent = 0;
      answers = 0;
      while (answers < times) {
        if (sent == answers) {
          for (int end = sent + BURST; sent < end; sent++) {
            // short and long ones: a transport may treat them differently
            long length = (sent & 1) == 0 ? 256 : 5000 + (sent & 0x3fff);
            while (link.client().write(1, sent & 0xff, source, sent & 0xfff, length) < 0) {
              poll();
            }
            while (link.client().offer(message, 0, message.capacity()) < 0) {
              poll();
            }
          }
        }
        poll();
      }
    }

    private void poll() {
      link.client().poll(count, 10);
      link.server().poll(owe, 10);
      while (owed > 0 && link.server().offer(message, 0, message.capacity()) >= 0) {
        owed--;
      }
      if (link.client().isClosed() || link.server().isClosed()) {
        throw new AssertionError(link.toString());
      }
    }
  }
}
