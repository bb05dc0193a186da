// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Throughput of region writes by transport and size, and of what each is built on beside it. The
 * counter {@code bytes} is the payload per second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"})
public class RegionWriteBenchmark {
  /** Payload of one write. */
  @Param({"64", "1024", "16384", "262144", "1048576", "16777216", "67108864"})
  public int sizeBytes;

  /** Who moves it. */
  @Param public Kind kind;

  private WriteStream stream;

  /** Payload moved. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Moved {
    /** Bytes. */
    public long bytes;
  }

  /** Connects. */
  @Setup(Level.Trial)
  public void connect() throws IOException {
    stream = kind.writeStream(sizeBytes);
  }

  /** Waits for what is under way, so that an iteration doesn't pay for the one before. */
  @TearDown(Level.Iteration)
  public void finish() throws IOException {
    stream.finish();
  }

  /** Disconnects. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    stream.close();
  }

  /** One write. */
  @Benchmark
  public void write(Moved moved) throws IOException {
    stream.send();
    moved.bytes += sizeBytes;
  }
}
