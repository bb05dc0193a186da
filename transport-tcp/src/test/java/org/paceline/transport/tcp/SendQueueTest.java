// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.transport.conformance.Bytes;

class SendQueueTest {
  /** Takes a random number of bytes at each call, often none. */
  private static class StutteringChannel implements GatheringByteChannel {
    private final Random random;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    StutteringChannel(Random random) {
      this.random = random;
    }

    @Override
    public long write(ByteBuffer[] pieces, int offset, int length) {
      int room = random.nextInt(4) == 0 ? 0 : random.nextInt(100_000);
      int count = 0;
      for (int i = offset; i < offset + length; i++) {
        while (pieces[i].hasRemaining() && count < room) {
          taken.write(pieces[i].get());
          count++;
        }
      }
      return count;
    }

    @Override
    public long write(ByteBuffer[] pieces) {
      return write(pieces, 0, pieces.length);
    }

    @Override
    public int write(ByteBuffer piece) {
      return (int) write(new ByteBuffer[] {piece}, 0, 1);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void theStreamIsRightHoweverTheSystemCutsIt() throws IOException {
    for (long seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      StutteringChannel out = new StutteringChannel(random);
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      List<NativeMemory> sources = new ArrayList<>();
      try (SendQueue queue = new SendQueue()) {
        for (int i = 0; i < 400; i++) {
          offerSomething(queue, random, expected, sources);
          queue.send(out, random.nextInt(1_000_000));
          assertEquals(out.taken.size(), queue.sentPosition());
        }
        while (!queue.isEmpty()) {
          queue.send(out, 1_000_000);
        }
        assertArrayEquals(expected.toByteArray(), out.taken.toByteArray(), "seed " + seed);
      }
      sources.forEach(NativeMemory::close);
    }
  }

  private static void offerSomething(
      SendQueue queue, Random random, ByteArrayOutputStream expected, List<NativeMemory> sources) {
    boolean write = random.nextBoolean();
    int length = 1 + random.nextInt(random.nextInt(5) == 0 ? Frame.MAX_MESSAGE_BYTES : 8000);
    byte[] payload = Bytes.random(random, length);
    NativeMemory source = Bytes.memoryOf(payload);
    sources.add(source);
    long position =
        write
            ? queue.write(3, 99, source, 0, length)
            : queue.message(new UnsafeBuffer(payload), 0, length);
    if (position == Channel.BACK_PRESSURED) {
      return;
    }
    byte[] header =
        ByteBuffer.allocate(Frame.HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(write ? Frame.TYPE_WRITE : Frame.TYPE_MESSAGE)
            .putInt(write ? 3 : 0)
            .putLong(write ? 99 : 0)
            .putLong(length)
            .array();
    expected.writeBytes(header);
    expected.writeBytes(payload);
    assertEquals(expected.size(), position);
  }

  @Test
  void neighbouringSmallFramesLeaveInOneCall() throws IOException {
    try (SendQueue queue = new SendQueue();
        NativeMemory source = NativeMemory.allocateZeroed(100)) {
      for (int i = 0; i < 100; i++) {
        queue.message(new UnsafeBuffer(new byte[10]), 0, 10);
        queue.write(1, 0, source, 0, 100);
      }
      int[] calls = new int[1];
      StutteringChannel out =
          new StutteringChannel(new Random(0)) {
            @Override
            public int write(ByteBuffer piece) {
              calls[0]++;
              int count = piece.remaining();
              piece.position(piece.limit());
              return count;
            }
          };
      queue.send(out, 1);
      assertTrue(queue.isEmpty());
      assertEquals(1, calls[0]);
    }
  }
}
