// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.transport.conformance.Bytes;

/** An outbox and an inbox with a wire between them that is slow and small, but no device. */
class OutboxTest implements SendPort {
  private static final int REGION = 3;

  private final NativeMemory memory = NativeMemory.allocate(Outbox.BUFFER_BYTES);
  private final NativeMemory arrivals =
      NativeMemory.allocate((long) Credits.RECEIVES * Frame.MAX_SEND_BYTES);
  private final NativeMemory region = NativeMemory.allocateZeroed(1 << 20);
  private final UnsafeBuffer arrivalBuffer =
      new UnsafeBuffer(arrivals.address(), (int) arrivals.lengthBytes());
  private final RemoteRegions regions = new RemoteRegions();
  private final Credits credits = new Credits();
  private final Outbox outbox = new Outbox(credits, regions, this, null, memory, 0);

  private final Credits receiverCredits = new Credits();
  private final LocalRegions receiverRegions = new LocalRegions();
  private final Inbox inbox =
      new Inbox(receiverCredits, new RemoteRegions(), receiverRegions, arrivalBuffer, offset -> {});

  private final Queue<Runnable> wire = new ArrayDeque<>();
  private final List<byte[]> messages = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private long posted;
  private long carriedOut;
  private long sends;
  private int byes;

  @AfterEach
  void free() {
    memory.close();
    arrivals.close();
    region.close();
  }

  @Override
  public boolean hasRoom() {
    return posted - carriedOut < DEPTH;
  }

  @Override
  public long next() {
    return posted;
  }

  @Override
  public void send(int offset, int length, boolean signalled) {
    posted++;
    wire.add(
        () -> {
          int slot = (int) (sends++ % Credits.RECEIVES) * Frame.MAX_SEND_BYTES;
          arrivals.copyFrom(slot, memory, offset, length);
          inbox.onReceived(slot, length);
        });
  }

  @Override
  public void write(
      long address,
      int length,
      int localKey,
      long remoteAddress,
      int remoteKey,
      boolean signalled) {
    posted++;
    NativeMemory source = NativeMemory.borrow(address, length);
    wire.add(() -> region.copyFrom(remoteAddress - region.address(), source, 0, length));
  }

  private void carryOut(int most) {
    for (int i = 0; i < most && !wire.isEmpty(); i++) {
      wire.remove().run();
      carriedOut++;
    }
    outbox.onSent(carriedOut);
  }

  private void deliver() throws IOException {
    inbox.deliver(
        new Inbox.Sink() {
          @Override
          public void onMessage(DirectBuffer buffer, int offset, int length) {
            byte[] message = new byte[length];
            buffer.getBytes(offset, message);
            messages.add(message);
          }

          @Override
          public void onFault(int regionId, long offset, long length) {
            faults.add(receiverRegions.faultOf(regionId, offset, length));
          }

          @Override
          public void onBye() {
            byes++;
          }

          @Override
          public boolean isClosed() {
            return false;
          }
        },
        3);
    assertNull(inbox.fault());
  }

  private void announceRegion() {
    assertNull(regions.announce(REGION, region.address(), region.lengthBytes()));
    assertNull(regions.key(REGION, 0, 1));
  }

  @Test
  void messagesAndWritesOfAllSizesArriveInOrder() throws IOException {
    announceRegion();
    outbox.greet();
    Random random = new Random(2);
    List<byte[]> expected = new ArrayList<>();
    byte[] image = new byte[(int) region.lengthBytes()];
    long position = 0;
    while (expected.size() < 3000) {
      long accepted;
      if (random.nextInt(3) == 0) {
        byte[] bytes = Bytes.random(random, random.nextInt(Outbox.COPIED_WRITE_BYTES + 1));
        int at = random.nextInt(image.length - bytes.length);
        try (NativeMemory source = Bytes.memoryOf(bytes)) {
          accepted = outbox.write(REGION, at, source, 0, bytes.length);
        }
        if (accepted > 0) {
          System.arraycopy(bytes, 0, image, at, bytes.length);
        }
      } else {
        int longest = random.nextInt(10) == 0 ? Frame.MAX_MESSAGE_BYTES : 300;
        byte[] message = Bytes.random(random, 1 + random.nextInt(longest));
        accepted = outbox.message(new UnsafeBuffer(message), 0, message.length);
        if (accepted > 0) {
          expected.add(message);
        }
      }
      if (accepted > 0) {
        assertTrue(accepted > position);
        position = accepted;
      } else {
        assertEquals(Channel.BACK_PRESSURED, accepted);
      }
      if (accepted < 0 || random.nextInt(20) == 0) {
        outbox.drive();
        carryOut(random.nextInt(40));
        deliver();
        grant();
      }
    }
    outbox.bye();
    while (byes == 0) {
      outbox.drive();
      carryOut(5);
      deliver();
      grant();
    }
    assertTrue(outbox.isFlushed());
    assertEquals(position, outbox.completedPosition());
    assertEquals(expected.size(), messages.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), messages.get(i), "message " + i);
    }
    assertArrayEquals(image, Bytes.bytesOf(region, 0, image.length));
  }

  /** What the other direction's headers do. */
  private void grant() {
    assertNull(credits.onGranted(receiverCredits.posted()));
  }

  @Test
  void withoutReceivesNothingIsSentAndInTheEndNothingTaken() throws IOException {
    outbox.greet();
    UnsafeBuffer message = new UnsafeBuffer(new byte[10_000]);
    int accepted = 0;
    while (outbox.message(message, 0, message.capacity()) > 0) {
      accepted++;
      outbox.drive();
      carryOut(1000);
      assertTrue(accepted < 10_000, "taken without end");
    }
    assertEquals(Credits.RECEIVES - Credits.RESERVE, sends);
    for (int i = 0; messages.size() < accepted; i++) {
      deliver();
      grant();
      outbox.drive();
      carryOut(1000);
      assertTrue(i < 10_000, "not all arrive");
    }
  }

  @Test
  void writesWaitForTheirKey() throws IOException {
    outbox.greet();
    assertNull(regions.announce(REGION, region.address(), region.lengthBytes()));
    try (NativeMemory source = Bytes.memoryOf(new byte[] {7})) {
      assertTrue(outbox.write(REGION, 5, source, 0, 1) > 0);
    }
    outbox.drive();
    carryOut(10);
    assertEquals(1, posted, "only the preamble");
    assertNull(regions.key(REGION, 0, 1));
    outbox.drive();
    carryOut(10);
    assertEquals(7, region.getByte(5));
  }

  @Test
  void illegalWriteIsTheLastThingThatIsSent() throws IOException {
    announceRegion();
    outbox.greet();
    UnsafeBuffer message = new UnsafeBuffer(new byte[10]);
    outbox.message(message, 0, 10);
    try (NativeMemory source = Bytes.memoryOf(new byte[100])) {
      outbox.write(REGION, region.lengthBytes() - 99, source, 0, 100);
    }
    outbox.message(message, 0, 10);
    outbox.drive();
    carryOut(10);
    deliver();
    assertEquals(1, messages.size());
    assertEquals(List.of("it wrote to region 3, which is not registered"), faults);
    assertFalse(outbox.isFlushed());
  }
}
