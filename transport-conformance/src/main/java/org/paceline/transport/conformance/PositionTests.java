// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;

/** Send positions tell when memory may change, received bytes that a peer is alive. */
public interface PositionTests extends ConformanceTest {
  int LENGTH = 64 << 20;

  @Test
  default void completedPositionTellsWhenTheSourceMayChange() {
    Link link = link();
    NativeMemory source = zeros(LENGTH);
    NativeMemory region = zeros(LENGTH);
    link.register(link.server(), 1, region);
    long position = link.write(link.client(), 1, 0, source);
    long[] last = new long[1];
    link.pollUntil(
        "the write is completed",
        () -> {
          long completed = link.client().completedPosition();
          assertTrue(completed >= last[0], () -> completed + " after " + last[0]);
          assertTrue(completed <= position, () -> completed + " beyond " + position);
          last[0] = completed;
          return completed == position;
        });
    for (long i = 0; i < LENGTH; i += 4096) {
      source.putByte(i, (byte) 1);
    }
    link.announce(link.client());
    for (long i = 0; i < LENGTH; i += 4096) {
      assertEquals(0, region.getByte(i), "at " + i);
    }
  }

  @Test
  default void messagesAreCompletedToo() {
    Link link = link();
    long position = link.send(link.client(), new byte[1000]);
    link.pollUntil("completed", () -> link.client().completedPosition() == position);
  }

  @Test
  default void receivedBytesGrowWhileALargeWriteArrives() {
    Link link = link();
    NativeMemory source = zeros(LENGTH);
    link.register(link.server(), 1, zeros(LENGTH));
    long before = link.server().receivedBytes();
    link.write(link.client(), 1, 0, source);
    long[] last = {before};
    int[] steps = new int[1];
    link.pollUntil(
        "the write has arrived",
        () -> {
          long received = link.server().receivedBytes();
          assertTrue(received >= last[0], () -> received + " after " + last[0]);
          if (received > last[0]) {
            steps[0]++;
          }
          last[0] = received;
          return received - before >= LENGTH;
        });
    assertTrue(steps[0] >= 3, () -> "receivedBytes rose only " + steps[0] + " times in 64 MiB");
  }
}
