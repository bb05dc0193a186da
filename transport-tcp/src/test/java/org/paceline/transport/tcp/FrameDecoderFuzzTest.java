// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Regions;
import org.paceline.transport.conformance.Bytes;

/** Whatever a peer sends, in whatever pieces, the decoder touches its regions and nothing else. */
class FrameDecoderFuzzTest {
  private static final int REGION_BYTES = 512;
  private static final int GUARD_BYTES = 256;
  private static final byte GUARD = 0x5a;
  private static final byte[] PREAMBLE =
      ByteBuffer.allocate(Frame.PREAMBLE_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .put("PACELINE".getBytes(StandardCharsets.US_ASCII))
          .putInt(Frame.VERSION)
          .array();

  @FuzzTest
  void anyStreamInAnyPieces(FuzzedDataProvider data) {
    int pieceSeed = data.consumeInt();
    boolean greeted = data.consumeBoolean();
    decode(data.consumeRemainingAsBytes(), greeted, new Random(pieceSeed));
  }

  @Test
  void plausibleStreamsInRandomPieces() {
    int broken = 0;
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      ByteBuffer stream = ByteBuffer.allocate(2000).order(ByteOrder.LITTLE_ENDIAN);
      for (int frame = random.nextInt(10); frame > 0; frame--) {
        boolean message = random.nextBoolean();
        int length = random.nextInt(100);
        stream
            .putInt(odd(random) ? random.nextInt() : message ? 1 : 2)
            .putInt(odd(random) ? random.nextInt() : message ? 0 : 1)
            .putLong(odd(random) ? random.nextLong() : message ? 0 : random.nextInt(REGION_BYTES))
            .putLong(odd(random) ? random.nextLong() : length)
            .put(Bytes.random(random, length));
      }
      byte[] bytes = new byte[stream.position()];
      stream.flip().get(bytes);
      if (decode(bytes, !odd(random), random)) {
        broken++;
      }
    }
    assertTrue(broken > 1000 && broken < 19_000, broken + " of 20000 streams broke the rules");
  }

  private static boolean odd(Random random) {
    return random.nextInt(40) == 0;
  }

  /** Whether the decoder found the stream to break the rules. */
  private static boolean decode(byte[] bytes, boolean greeted, Random pieces) {
    byte[] stream = bytes;
    if (greeted) {
      stream = new byte[PREAMBLE.length + bytes.length];
      System.arraycopy(PREAMBLE, 0, stream, 0, PREAMBLE.length);
      System.arraycopy(bytes, 0, stream, PREAMBLE.length, bytes.length);
    }
    try (NativeMemory input = Bytes.memoryOf(stream);
        NativeMemory guarded = NativeMemory.allocate(REGION_BYTES + 2 * GUARD_BYTES)) {
      for (long i = 0; i < guarded.lengthBytes(); i++) {
        guarded.putByte(i, GUARD);
      }
      Regions regions = new Regions();
      regions.register(1, guarded.slice(GUARD_BYTES, REGION_BYTES));
      boolean broken = decodeInPieces(new FrameDecoder(regions), input, pieces);
      for (long i = 0; i < GUARD_BYTES; i++) {
        assertEquals(GUARD, guarded.getByte(i));
        assertEquals(GUARD, guarded.getByte(GUARD_BYTES + REGION_BYTES + i));
      }
      return broken;
    }
  }

  private static boolean decodeInPieces(FrameDecoder decoder, NativeMemory input, Random pieces) {
    long from = 0;
    long to = 0;
    while (true) {
      FrameDecoder.Step step = decoder.next(input, from, to);
      assertTrue(decoder.consumed() >= 0 && decoder.consumed() <= to - from);
      from += decoder.consumed();
      assertTrue(decoder.payloadRemaining() >= 0 && decoder.payloadRemaining() <= REGION_BYTES);
      if (step == FrameDecoder.Step.BROKEN) {
        assertTrue(decoder.fault() != null);
        return true;
      }
      if (step == FrameDecoder.Step.MESSAGE) {
        assertTrue(
            decoder.messageLength() > 0
                && decoder.messageOffset() + decoder.messageLength() == from);
      } else if (step == FrameDecoder.Step.NEEDS_MORE) {
        assertEquals(0, decoder.consumed());
        if (to == input.lengthBytes()) {
          return false;
        }
        to = Math.min(input.lengthBytes(), to + 1 + pieces.nextInt(50));
      } else {
        assertTrue(decoder.consumed() > 0);
      }
    }
  }
}
