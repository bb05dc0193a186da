// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Measures one link in a JVM of its own, as JMH does, too: what was compiled for one kind would be
 * worse for the next, which other classes implement.
 */
final class RoundTripProgram {
  private static final String CLOSED = "one-at-a-time ";
  private static final String OPEN = "at-a-rate ";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * Code is compiled and, through shared memory, all of both streams' logs is written once: before,
   * each page costs a fault, which one message in twenty meets.
   */
  private static final long WARM_UP_NS = 1_000_000_000L;

  private static final long MEASURED_NS = 500_000_000L;
  private static final long INTERVAL_NS = 100_000L;

  private RoundTripProgram() {}

  /** Nanoseconds: one message at a time, and 10,000 a second from their scheduled times. */
  record Result(Histogram closed, Histogram open) {}

  /** Measures one kind. */
  static Result measure(Kind kind) throws IOException, InterruptedException {
    try (NodeProgram program = NodeProgram.start(RoundTripProgram.class, List.of(kind.name()))) {
      return new Result(decode(program.await(CLOSED, LIMIT)), decode(program.await(OPEN, LIMIT)));
    }
  }

  /** Prints what was measured of the kind that is the only argument. */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (EchoLink link = Kind.valueOf(args[0]).echoLink()) {
      Latency.closedLoop(link, WARM_UP_NS);
      Histogram closed = Latency.closedLoop(link, MEASURED_NS);
      Histogram open = Latency.openLoop(link, MEASURED_NS, INTERVAL_NS);
      System.out.println(CLOSED + encode(closed));
      System.out.println(OPEN + encode(open));
    }
  }

  private static String encode(Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }

  private static Histogram decode(String text) throws IOException {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
    } catch (DataFormatException e) {
      throw new IOException("not a histogram: " + text, e);
    }
  }
}
