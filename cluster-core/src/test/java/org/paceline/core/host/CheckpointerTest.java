// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.paceline.api.CheckpointException;
import org.paceline.api.Checkpointing;
import org.paceline.api.RenderRequest;
import org.paceline.core.film.CheckpointHeader;
import org.paceline.core.film.MergedFilm;
import org.paceline.core.film.RandomFilm;

/** When checkpoints are made, in virtual time and with disks of every speed. */
class CheckpointerTest {
  private static final RenderRequest REQUEST = new RenderRequest(70, 100, 200, RandomFilm.LAYOUT);
  private static final CheckpointHeader HEADER = CheckpointHeader.of("scene", "device", REQUEST);
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final long STEP_NS = 1_000_000;

  @TempDir private Path directory;
  private Path path;
  private final Deque<Runnable> disk = new ArrayDeque<>();
  private Checkpointer checkpointer;
  private long nowNs = 1_000_000_000;
  private int cell;
  private int block;

  @BeforeEach
  void name() {
    path = directory.resolve("a.ckpt");
  }

  @AfterEach
  void release() {
    if (checkpointer != null) {
      checkpointer.release();
      drain();
    }
  }

  @Test
  void aCrashAtAnyTimeCostsAnIntervalAtMost() {
    open(false, Runnable::run);
    long steps = INTERVAL.toNanos() / STEP_NS + checkpointer.film().grid().rows() + 1;
    Deque<Long> recent = new ArrayDeque<>();
    Random random = new Random(7);
    for (int step = 0; step < 1_000; step++) {
      recent.addLast(checkpointer.film().mergedSamples());
      if (recent.size() > steps) {
        long oneIntervalAgo = recent.removeFirst();
        assertTrue(saved() >= oneIntervalAgo, "step " + step);
      }
      if (random.nextInt(3) > 0) {
        mergeOne();
      }
      step();
    }
  }

  @Test
  void aDiskThatHangsHoldsNothingUpAndGetsTheLastStateAtTheEnd() {
    open(false, disk::add);
    for (int step = 0; step < 1_000; step++) {
      mergeOne();
      step();
    }
    assertEquals(1, disk.size(), "one copy waits for the disk, no matter how long");
    checkpointer.finish();
    drain();
    assertEquals(checkpointer.film().mergedSamples(), saved());
  }

  @Test
  void aFullDiskIsTriedAgainUntilThereIsRoom() throws IOException {
    Path inTheWay = Files.createDirectory(directory.resolve("a.ckpt.partial"));
    Path evenMore = Files.createFile(inTheWay.resolve("file"));
    open(false, Runnable::run);
    for (int step = 0; step < 500; step++) {
      mergeOne();
      step();
    }
    assertFalse(Files.exists(path));
    Files.delete(evenMore);
    Files.delete(inTheWay);
    for (int step = 0; step < 200; step++) {
      mergeOne();
      step();
    }
    assertTrue(saved() > 0);
  }

  @Test
  void nothingNewIsNotWritten() {
    open(false, disk::add);
    for (int step = 0; step < 500; step++) {
      step();
    }
    checkpointer.finish();
    drain();
    assertFalse(Files.exists(path), "an empty film");
    mergeOne();
    for (int step = 0; step < 500; step++) {
      step();
      drain();
    }
    byte[] written = bytes();
    checkpointer.finish();
    drain();
    assertEquals(0, java.util.Arrays.compare(written, bytes()));
    assertFalse(Files.exists(directory.resolve("a.ckpt.previous")), "written once");
  }

  @Test
  void aResumedJobBeginsWithTheFilmThatWasSaved() {
    open(false, Runnable::run);
    for (int i = 0; i < 20; i++) {
      mergeOne();
    }
    checkpointer.finish();
    byte[] saved = RandomFilm.bytes(checkpointer.film().memory());
    checkpointer.release();
    open(true, Runnable::run);
    assertEquals(
        0, java.util.Arrays.compare(saved, RandomFilm.bytes(checkpointer.film().memory())));
    assertEquals(checkpointer.film().mergedSamples(), saved());
  }

  @Test
  void whatIsThereIsNotOverwrittenUnasked() {
    open(false, Runnable::run);
    mergeOne();
    checkpointer.finish();
    Checkpointing beginning = new Checkpointing(path, INTERVAL, false);
    CheckpointException refused =
        assertThrows(
            CheckpointException.class,
            () -> Checkpointer.open(beginning, HEADER, REQUEST, 1, () -> nowNs, Runnable::run));
    assertTrue(refused.getMessage().contains("is there already"), refused.getMessage());
  }

  private void open(boolean resume, Executor writer) {
    checkpointer =
        Checkpointer.open(
            new Checkpointing(path, INTERVAL, resume), HEADER, REQUEST, 1, () -> nowNs, writer);
  }

  private void step() {
    nowNs += STEP_NS;
    checkpointer.doWork(nowNs);
  }

  private void drain() {
    while (!disk.isEmpty()) {
      disk.poll().run();
    }
  }

  private void mergeOne() {
    MergedFilm film = checkpointer.film();
    if (block < film.blocks().count()) {
      RandomFilm.merge(film, RandomFilm.unit(film, cell, block));
      cell = (cell + 1) % film.grid().cells();
      block += cell == 0 ? 1 : 0;
    }
  }

  /** Samples that a job would go on with. */
  private long saved() {
    Checkpointer resumed =
        Checkpointer.open(
            new Checkpointing(path, INTERVAL, true),
            HEADER,
            REQUEST,
            1,
            () -> nowNs,
            Runnable::run);
    long samples = resumed.film().mergedSamples();
    resumed.release();
    return samples;
  }

  private byte[] bytes() {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
