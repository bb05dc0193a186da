// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;

/** Offsets and lengths are longs. */
public interface LargeWriteTests extends ConformanceTest {
  long FIVE_GIB = 5L << 30;
  long MARK = 0x1122334455667788L;

  /** Memory whose pages cost nothing until they are touched, and then read as zero. */
  private NativeMemory sparse(long lengthBytes) {
    return kept(NativeMemory.allocate(lengthBytes));
  }

  @Test
  default void offsetsBeyondFourGiB() {
    Link link = link();
    long far = (4L << 30) + (1L << 29) + 13;
    byte[] bytes = Bytes.random(new Random(3), 8 << 20);
    NativeMemory source = sparse(FIVE_GIB);
    NativeMemory region = sparse(FIVE_GIB);
    source.putBytes(far, bytes, 0, bytes.length);
    link.register(link.server(), 1, region);
    link.accepted(() -> link.client().write(1, far + 1, source, far, bytes.length));
    link.announce(link.client());
    assertArrayEquals(bytes, Bytes.bytesOf(region, far + 1, bytes.length));
  }

  @Test
  default void offsetsAcrossFiveGiB() {
    Link link = link();
    NativeMemory region = sparse(FIVE_GIB);
    NativeMemory source = zeros(3 * Long.BYTES);
    source.putLong(Long.BYTES, MARK);
    link.register(link.server(), 1, region);
    long[] offsets = new long[102];
    Random random = new Random(4);
    for (int i = 0; i < 100; i++) {
      offsets[i] = i * (51L << 20) + random.nextInt(1 << 20);
    }
    offsets[100] = (1L << 31) - 4;
    offsets[101] = (1L << 32) - 4;
    for (long offset : offsets) {
      link.accepted(() -> link.client().write(1, offset, source, Long.BYTES, Long.BYTES));
    }
    link.announce(link.client());
    for (long offset : offsets) {
      assertEquals(MARK, region.getLong(offset), "at " + offset);
    }
  }

  /** Of 5 GiB, or where that can't be asked of 2.25 GiB. */
  @Test
  default void oneWriteLongerThanAnIntCounts() throws IOException {
    boolean huge =
        underTest().reasonAgainstHugeWrite().isEmpty()
            && availableMemory() >= FIVE_GIB + (3L << 29);
    oneWrite(huge ? FIVE_GIB + 5 : (2L << 30) + (1L << 28) + 5);
  }

  private void oneWrite(long length) {
    Link link = link();
    NativeMemory source = sparse(length);
    NativeMemory region = sparse(length + 3);
    long[] marks =
        LongStream.of(0, 1L << 30, (1L << 31) - 4, (1L << 32) - 4, length - Long.BYTES)
            .filter(mark -> mark <= length - Long.BYTES)
            .toArray();
    for (long mark : marks) {
      source.putLong(mark, MARK + mark);
    }
    link.register(link.server(), 1, region);
    long position = link.write(link.client(), 1, 3, source);
    long[] received = {link.server().receivedBytes()};
    while (link.client().completedPosition() < position) {
      // no time is promised for all of it, but that it goes on
      link.pollUntil(
          "more arrives after " + received[0] + " bytes",
          () ->
              link.server().receivedBytes() > received[0]
                  || link.client().completedPosition() == position);
      received[0] = link.server().receivedBytes();
    }
    link.announce(link.client());
    for (long mark : marks) {
      assertEquals(MARK + mark, region.getLong(mark + 3), "at " + mark);
    }
  }

  /** 0 where nobody tells. */
  private static long availableMemory() throws IOException {
    Path memory = Path.of("/proc/meminfo");
    if (!Files.isReadable(memory)) {
      return 0;
    }
    Matcher available =
        Pattern.compile("MemAvailable:\\s+(\\d+) kB").matcher(Files.readString(memory));
    return available.find() ? Long.parseLong(available.group(1)) << 10 : 0;
  }
}
