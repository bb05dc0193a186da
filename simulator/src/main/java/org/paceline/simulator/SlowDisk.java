// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.paceline.api.Checkpointing;

/**
 * Where a host keeps checkpoints: writes happen one after another, each after a while. A render of
 * the same scene goes on from what was written by then, as after a crash of the host.
 */
final class SlowDisk implements Executor, AutoCloseable {
  private static final double MS = 1_000_000;

  private final VirtualTime time;
  private final SplittableRandom random;
  private final Duration interval;
  private final Path directory;
  private final ArrayDeque<Runnable> writes = new ArrayDeque<>();
  private long freeNs;
  private int files;
  private Path last;
  private long lastGeneration;

  /** An empty disk. */
  SlowDisk(VirtualTime time, SplittableRandom random) {
    this.time = time;
    this.random = random;
    interval = Duration.ofNanos((long) Scenario.between(random, 20 * MS, 1_000 * MS));
    try {
      directory = Files.createTempDirectory("paceline-disk");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void execute(Runnable write) {
    writes.add(write);
    freeNs = Math.max(freeNs, time.nowNs()) + (long) Scenario.between(random, 0.1 * MS, 5_000 * MS);
    time.at(freeNs, this::writeNext);
  }

  private void writeNext() {
    Runnable write = writes.poll();
    if (write != null) {
      write.run();
    }
  }

  /**
   * For the next render of that generation; what the last one still has to write comes too late.
   */
  Checkpointing checkpointing(long generation) {
    Path file = directory.resolve("film" + files++);
    if (generation == lastGeneration && Files.exists(last)) {
      try {
        Files.copy(last, file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    last = file;
    lastGeneration = generation;
    return new Checkpointing(file, interval, true, "generation " + generation);
  }

  /** Does what is left to do, and is gone. */
  @Override
  public void close() {
    while (!writes.isEmpty()) {
      writeNext();
    }
    try (Stream<Path> found = Files.walk(directory)) {
      List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
