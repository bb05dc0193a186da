// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import static io.aeron.protocol.DataHeaderFlyweight.HEADER_LENGTH;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_DATA;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_PAD;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_SETUP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.protocol.DataHeaderFlyweight;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FrameRunsTest {
  private static final int TERM_OFFSET = 4096;

  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1 << 12]);
  private final DataHeaderFlyweight header = new DataHeaderFlyweight();

  private void put(int at, int type, int frameLength, int termOffset, int session) {
    header.wrap(buffer, at, HEADER_LENGTH);
    header.headerType(type);
    header.frameLength(frameLength);
    header.termOffset(termOffset).termId(7).streamId(9).sessionId(session);
  }

  private void data(int at, int frameLength) {
    put(at, HDR_TYPE_DATA, frameLength, TERM_OFFSET + at, 3);
  }

  @Test
  void framesOfAStreamThatFollowEachOtherAreOneRun() {
    data(0, 1000);
    data(1024, 1024);
    data(2048, 33);
    assertEquals(2112, FrameRuns.end(buffer, 0, 2112));
    assertEquals(2112, FrameRuns.end(buffer, 1024, 2112));
  }

  @Test
  void aRunEndsWhereTheStreamGoesOnElsewhere() {
    data(0, 1024);
    put(1024, HDR_TYPE_DATA, 1024, TERM_OFFSET + 2048, 3);
    assertEquals(1024, FrameRuns.end(buffer, 0, 2048));
    assertEquals(2048, FrameRuns.end(buffer, 1024, 2048));
  }

  @Test
  void aRunEndsWhereAnotherSessionBegins() {
    data(0, 1024);
    put(1024, HDR_TYPE_DATA, 1024, TERM_OFFSET + 1024, 4);
    assertEquals(1024, FrameRuns.end(buffer, 0, 2048));
  }

  @Test
  void paddingIsTheLastOfItsRunAndAHeaderOnly() {
    data(0, 1024);
    put(1024, HDR_TYPE_PAD, 1 << 20, TERM_OFFSET + 1024, 3);
    data(1056, 32);
    assertEquals(1056, FrameRuns.end(buffer, 0, 1088));
  }

  @Test
  void aHeartbeatIsARunOfItsOwn() {
    data(0, 1024);
    data(1024, 0);
    assertEquals(1024, FrameRuns.end(buffer, 0, 1056));
    assertEquals(1056, FrameRuns.end(buffer, 1024, 1056));
  }

  @Test
  void whatIsNoWholeDataFrameIsInNoRun() {
    data(0, 1024);
    assertEquals(0, FrameRuns.end(buffer, 0, 1000));
    assertEquals(0, FrameRuns.end(buffer, 0, 16));
    put(0, HDR_TYPE_SETUP, 40, TERM_OFFSET, 3);
    assertEquals(0, FrameRuns.end(buffer, 0, 40));
    for (int length : new int[] {-1, 1, 31, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      data(0, length);
      assertEquals(0, FrameRuns.end(buffer, 0, 2048), "frame length " + length);
    }
  }

  /** Whatever a stranger sends: a run lies in what was received, and the search for runs ends. */
  @Test
  void runsOfAnyBytesLieWithinThem() {
    Random random = new Random(5);
    byte[] bytes = new byte[256];
    for (int i = 0; i < 200_000; i++) {
      random.nextBytes(bytes);
      UnsafeBuffer any = new UnsafeBuffer(bytes);
      for (int at = 0; at + 8 <= bytes.length; at += HEADER_LENGTH) {
        any.putInt(at, random.nextInt(130) - 2);
        any.putShort(at + 6, (short) random.nextInt(3));
        if (random.nextBoolean()) {
          any.putInt(at + 8, at);
          any.putLong(at + 12, 1);
          any.putInt(at + 20, 2);
        }
      }
      int length = random.nextInt(bytes.length);
      int end = FrameRuns.end(any, 0, length);
      for (int start = 0; end > start; end = FrameRuns.end(any, start, length)) {
        assertTrue(end <= length, "end " + end + " of " + length);
        start = end;
      }
    }
  }
}
