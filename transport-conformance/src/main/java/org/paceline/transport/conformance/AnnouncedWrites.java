// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;

/** Writes to places of their own, each followed by a message that finds it complete. */
final class AnnouncedWrites implements MessageHandler {
  private static final int COUNT = 500;
  private static final int REGION = -1;

  private final Channel from;
  private final NativeMemory region;
  private final NativeMemory source;
  private final int[] starts = new int[COUNT + 1];
  private final UnsafeBuffer message = new UnsafeBuffer(new byte[4]);
  private int written;
  private int announced;
  private int delivered;

  AnnouncedWrites(ConformanceTest test, Channel from, Channel to, long seed) {
    this.from = from;
    Random random = new Random(seed);
    for (int i = 0; i < COUNT; i++) {
      starts[i + 1] = starts[i] + random.nextInt(i % 20 == 0 ? 300_000 : 3000);
    }
    byte[] bytes = Bytes.random(random, starts[COUNT]);
    source = test.memoryOf(bytes);
    region = test.zeros(bytes.length);
    to.register(REGION, region);
  }

  void sendSome() {
    if (written == announced && written < COUNT) {
      int start = starts[written];
      if (from.write(REGION, start, source, start, starts[written + 1] - start) > 0) {
        written++;
      }
    }
    message.putInt(0, announced);
    if (written > announced && from.offer(message, 0, message.capacity()) > 0) {
      announced++;
    }
  }

  @Override
  public void onMessage(Channel channel, DirectBuffer buffer, int offset, int length) {
    assertEquals(delivered, buffer.getInt(offset), "messages in order");
    int start = starts[delivered];
    int size = starts[delivered + 1] - start;
    assertArrayEquals(
        Bytes.bytesOf(source, start, size),
        Bytes.bytesOf(region, start, size),
        () -> "write " + delivered + " when its message came");
    delivered++;
  }

  boolean isDone() {
    return delivered == COUNT;
  }

  @Override
  public String toString() {
    return written + " of " + COUNT + " written, " + delivered + " delivered";
  }
}
