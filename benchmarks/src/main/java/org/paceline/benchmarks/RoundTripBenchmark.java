// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Time of a 64-byte message there and back, both ends spinning, and of what each transport is built
 * on beside it. A closed loop: {@link TransportComparison} measures from scheduled send times, too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"})
public class RoundTripBenchmark {
  /** Who moves it. */
  @Param public Kind kind;

  private EchoLink link;
  private LongConsumer onEcho;
  private long stamp;

  /** Connects. */
  @Setup
  public void connect(Blackhole blackhole) throws IOException, InterruptedException {
    link = kind.echoLink();
    onEcho = blackhole::consume;
  }

  /** Disconnects. */
  @TearDown
  public void close() throws IOException {
    link.close();
  }

  /** There and back. */
  @Benchmark
  public void roundTrip() throws IOException {
    link.send(stamp++);
    while (link.poll(onEcho) == 0) {
      Thread.onSpinWait();
    }
  }
}
