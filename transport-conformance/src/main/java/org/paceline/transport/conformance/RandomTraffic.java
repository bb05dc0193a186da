// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/**
 * One direction's seeded mix of messages and writes to overlapping places of several regions. The
 * source of a write is overwritten as soon as the channel says that it may be.
 */
final class RandomTraffic {
  private static final int OPERATIONS = 400;
  private static final int REGIONS = 40;
  private static final int FIRST_ID = -20;
  private static final int REGION_BYTES = 150_000;

  private final ConformanceTest test;
  private final Channel from;
  private final Channel to;
  private final Random random;
  private final NativeMemory[] regions = new NativeMemory[REGIONS];
  private final byte[][] expected = new byte[REGIONS][];
  private final List<byte[]> sent = new ArrayList<>();
  private final List<byte[]> arrived = new ArrayList<>();
  private final Deque<Pending> pending = new ArrayDeque<>();
  private Operation next;
  private int done;
  private long lastPosition;
  private long lastCompleted;

  private record Operation(int region, int offset, byte[] bytes, NativeMemory source) {}

  private record Pending(long position, NativeMemory source) {}

  RandomTraffic(ConformanceTest test, Channel from, Channel to, Random random) {
    this.test = test;
    this.from = from;
    this.to = to;
    this.random = random;
    for (int i = 0; i < REGIONS; i++) {
      expected[i] = new byte[i == 0 ? test.underTest().longestRandomWrite() : REGION_BYTES];
      regions[i] = test.zeros(expected[i].length);
      to.register(FIRST_ID + i, regions[i]);
    }
  }

  /** Tries the next operations until one is not accepted. */
  void sendSome() {
    for (int i = random.nextInt(5); i >= 0 && done < OPERATIONS; i--) {
      if (next == null) {
        next = operation();
      }
      if (!send(next)) {
        break;
      }
      next = null;
      done++;
    }
    reuseSources();
  }

  private Operation operation() {
    if (done == OPERATIONS - 1 || random.nextInt(3) == 0) {
      int longest = random.nextInt(20) == 0 ? from.maxMessageLength() : 3000;
      return new Operation(-1, 0, Bytes.random(random, 1 + random.nextInt(longest)), null);
    }
    int region = random.nextInt(30) == 0 ? 0 : random.nextInt(REGIONS);
    int longest = random.nextBoolean() ? 500 : expected[region].length;
    byte[] bytes = Bytes.random(random, random.nextInt(longest));
    int offset = random.nextInt(expected[region].length - bytes.length + 1);
    return new Operation(region, offset, bytes, test.memoryOf(bytes));
  }

  private boolean send(Operation operation) {
    boolean isMessage = operation.source == null;
    long position =
        isMessage
            ? Link.offer(from, operation.bytes)
            : from.write(
                FIRST_ID + operation.region,
                operation.offset,
                operation.source,
                0,
                operation.bytes.length);
    if (position == Channel.BACK_PRESSURED) {
      return false;
    }
    assertTrue(position > 0, () -> "operation " + done + ": " + position + ", " + this);
    assertTrue(position >= lastPosition, () -> position + " after position " + lastPosition);
    lastPosition = position;
    if (isMessage) {
      sent.add(operation.bytes);
    } else {
      System.arraycopy(
          operation.bytes, 0, expected[operation.region], operation.offset, operation.bytes.length);
      pending.add(new Pending(position, operation.source));
    }
    return true;
  }

  private void reuseSources() {
    long completed = from.completedPosition();
    assertTrue(completed >= lastCompleted, () -> completed + " after " + lastCompleted);
    assertTrue(completed <= lastPosition, () -> completed + " beyond " + lastPosition);
    lastCompleted = completed;
    while (!pending.isEmpty() && pending.peek().position <= completed) {
      NativeMemory source = pending.remove().source;
      source.zero(0, source.lengthBytes());
    }
  }

  /** Polls the receiving end; the sending end is polled as the other direction's receiving end. */
  void poll() {
    to.poll(Link.into(arrived), 1 + random.nextInt(20));
  }

  boolean isDone() {
    return done == OPERATIONS && arrived.size() >= sent.size() && pending.isEmpty();
  }

  void assertArrived() {
    assertEquals(sent.size(), arrived.size(), "number of messages");
    for (int i = 0; i < sent.size(); i++) {
      assertArrayEquals(sent.get(i), arrived.get(i), "message " + i);
    }
    for (int i = 0; i < REGIONS; i++) {
      assertArrayEquals(
          expected[i], Bytes.bytesOf(regions[i], 0, expected[i].length), "region " + i);
    }
  }

  @Override
  public String toString() {
    return done
        + " of "
        + OPERATIONS
        + " sent, "
        + arrived.size()
        + "/"
        + sent.size()
        + " messages arrived, "
        + pending.size()
        + " writes not completed, sender "
        + Link.state(from);
  }
}
