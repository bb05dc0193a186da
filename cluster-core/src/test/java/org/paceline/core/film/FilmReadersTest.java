// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.Film;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmUpdate;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;

/** Threads that read a film while it fills, and while it is closed. */
@Timeout(120)
class FilmReadersTest {
  private static final int WIDTH = 70;
  private static final int HEIGHT = 50;
  private static final int STRIDE = 4;
  private static final FilmLayout LAYOUT = FilmLayout.combined();
  private static final long STRESS_NS = TimeUnit.SECONDS.toNanos(2);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** Each sample of each float is 1: whatever is read as a mean is 1, or 0 before the first. */
  @Test
  void aMeanIsNeverThatOfAHalfMergedBlock() throws Exception {
    long end = System.nanoTime() + STRESS_NS;
    long seen = 0;
    while (System.nanoTime() - end < 0) {
      try (MergedFilm film = film(300)) {
        CountDownLatch started = new CountDownLatch(1);
        Future<Long> reader = threads.submit(() -> readMeans(film, started));
        started.await();
        fill(film, new Random(seen));
        seen += reader.get();
      }
    }
    assertTrue(seen > 0, "no mean of a film that was being filled");
  }

  private static long readMeans(MergedFilm film, CountDownLatch started) {
    Random random = new Random(1);
    long between = 0;
    started.countDown();
    while (true) {
      int x = random.nextInt(WIDTH);
      int y = random.nextInt(HEIGHT);
      int before = film.samples(x, y);
      float mean = film.mean(x, y, random.nextInt(STRIDE));
      assertTrue(mean == 1 || (mean == 0 && before == 0), mean + " after " + before);
      between += before > 0 && before < 300 ? 1 : 0;
      if (before == 300) {
        return between;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void rectanglesOfSnapshotsAddUpToTheFilmAndEachBelongsTogether(int readers) throws Exception {
    long end = System.nanoTime() + STRESS_NS;
    int snapshots = 0;
    long seed = 0;
    while (System.nanoTime() - end < 0) {
      try (MergedFilm film = film(300)) {
        List<Future<Integer>> taken = new ArrayList<>();
        CountDownLatch started = new CountDownLatch(readers);
        for (int i = 0; i < readers; i++) {
          taken.add(threads.submit(() -> follow(film, started)));
        }
        started.await();
        fill(film, new Random(seed++));
        film.finish();
        for (Future<Integer> each : taken) {
          snapshots += each.get();
        }
      }
    }
    assertTrue(snapshots > 2 * readers, "the film was filled before it was looked at");
  }

  /** Keeps a picture up to date as a viewer does, until the film is final. */
  private static int follow(MergedFilm film, CountDownLatch started) {
    int snapshots = 0;
    try (NativeMemory picture = NativeMemory.allocate(LAYOUT.lengthBytes(WIDTH, HEIGHT))) {
      for (long at = 0; at < picture.lengthBytes(); at += Float.BYTES) {
        picture.putFloat(at, Float.NaN); // what isn't copied shows
      }
      FilmUpdate last = null;
      boolean isFinal;
      do {
        isFinal = film.isFinal();
        FilmUpdate update = film.snapshot(picture, last);
        assertTrue(last == null || update.sequence() >= last.sequence());
        assertTrue(last == null || update.minSamples() >= last.minSamples());
        assertEquals(5, update.generation());
        assertBelongTogether(picture, update, last == null);
        last = update;
        snapshots++;
        started.countDown();
      } while (!isFinal);
      assertEquals(300, last.minSamples());
      assertArrayEquals(RandomFilm.bytes(film.memory()), RandomFilm.bytes(picture));
      assertEquals(List.of(), film.snapshot(picture, last).dirty(), "nothing is new");
    }
    return snapshots;
  }

  private static void assertBelongTogether(NativeMemory picture, FilmUpdate update, boolean all) {
    boolean[] copied = new boolean[WIDTH * HEIGHT];
    int count = 0;
    for (FilmUpdate.Rect rect : update.dirty()) {
      assertTrue(rect.samples() >= update.minSamples());
      for (int y = rect.y(); y < rect.y() + rect.height(); y++) {
        for (int x = rect.x(); x < rect.x() + rect.width(); x++) {
          assertFalse(copied[y * WIDTH + x], "rectangles overlap");
          copied[y * WIDTH + x] = true;
          count++;
          for (int i = 0; i < STRIDE; i++) {
            long at = LAYOUT.lengthBytes(y * WIDTH + x, 1) + (long) i * Float.BYTES;
            assertEquals(rect.samples(), picture.getFloat(at));
          }
        }
      }
    }
    assertTrue(!all || count == WIDTH * HEIGHT, "the first snapshot has " + count + " pixels");
  }

  @Test
  void equalNeighboursAreOneRectangle() {
    try (MergedFilm film = film(2);
        NativeMemory picture = NativeMemory.allocate(LAYOUT.lengthBytes(WIDTH, HEIGHT))) {
      FilmUpdate first = film.snapshot(picture, null);
      assertEquals(List.of(new FilmUpdate.Rect(0, 0, WIDTH, HEIGHT, 0)), first.dirty());
      merge(film, RandomFilm.unit(film, 1, 0));
      FilmUpdate second = film.snapshot(picture, first);
      assertEquals(List.of(new FilmUpdate.Rect(32, 0, 32, 32, 1)), second.dirty());
      merge(film, RandomFilm.unit(film, 4, 0));
      merge(film, RandomFilm.unit(film, 3, 0));
      FilmUpdate third = film.snapshot(picture, second);
      assertEquals(List.of(new FilmUpdate.Rect(0, 32, 64, 18, 1)), third.dirty());
      assertEquals(
          List.of(new FilmUpdate.Rect(32, 0, 32, 32, 1), new FilmUpdate.Rect(0, 32, 64, 18, 1)),
          film.snapshot(picture, first).dirty(),
          "since an earlier one");
      assertEquals(0, third.minSamples());
    }
  }

  @Test
  void aSnapshotOfAnotherFilmIsNoneToGoOnFrom() {
    try (MergedFilm other = film(2);
        MergedFilm film = film(2);
        NativeMemory picture = NativeMemory.allocate(LAYOUT.lengthBytes(WIDTH, HEIGHT))) {
      FilmUpdate ofOther = other.snapshot(picture, null);
      assertEquals(
          List.of(new FilmUpdate.Rect(0, 0, WIDTH, HEIGHT, 0)),
          film.snapshot(picture, ofOther).dirty());
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> film.snapshot(picture.slice(0, 16), null));
      assertTrue(refused.getMessage().contains("target has 16 bytes"), refused.getMessage());
    }
  }

  @Test
  void readersThatMeetTheClosingGetAnExceptionAndNoSignal() throws Exception {
    for (int round = 0; round < 60; round++) {
      // pages of large memory are gone the moment it is closed
      RenderRequest request =
          new RenderRequest(
              round % 2 == 0 ? 1000 : WIDTH, round % 2 == 0 ? 400 : 2 * HEIGHT, 300, LAYOUT);
      MergedFilm film = new MergedFilm(request, 5);
      NativeMemory target = NativeMemory.allocate(film.memory().lengthBytes());
      NativeMemory view = film.memory().slice(16, 1024);
      List<Callable<Object>> uses =
          List.of(
              () -> film.get(3, HEIGHT, 1),
              () -> film.mean(3, HEIGHT, 1),
              () -> film.samples(3, HEIGHT),
              () -> film.memory(),
              () -> view.getFloat(0),
              () -> film.snapshot(target, null));
      CountDownLatch reading = new CountDownLatch(uses.size());
      List<Future<?>> readers = new ArrayList<>();
      for (Callable<Object> use : uses) {
        readers.add(
            threads.submit(
                () -> {
                  use.call();
                  reading.countDown();
                  while (true) {
                    use.call();
                  }
                }));
      }
      reading.await();
      film.close();
      for (Future<?> reader : readers) {
        ExecutionException ended = assertThrows(ExecutionException.class, reader::get);
        assertInstanceOf(IllegalStateException.class, ended.getCause());
      }
      target.close();
    }
  }

  @Test
  void aViewCantCloseTheFilm() {
    try (MergedFilm film = film(1)) {
      Film asUsersSeeIt = film;
      asUsersSeeIt.memory().close();
      assertEquals(0, asUsersSeeIt.get(0, 0, 0));
    }
  }

  private static MergedFilm film(int samples) {
    return new MergedFilm(new RenderRequest(WIDTH, HEIGHT, samples, LAYOUT), 5);
  }

  private static void fill(MergedFilm film, Random random) {
    List<WorkUnit> units = new ArrayList<>();
    for (int block = 0; block < film.blocks().count(); block++) {
      for (int cell = 0; cell < film.grid().cells(); cell++) {
        units.add(RandomFilm.unit(film, cell, block));
      }
    }
    // some come early, as from workers of different speed
    for (int i = 0; i < units.size() / 4; i++) {
      int from = random.nextInt(units.size() - 8);
      Collections.swap(units, from, from + random.nextInt(8));
    }
    units.forEach(unit -> merge(film, unit));
  }

  private static void merge(MergedFilm film, WorkUnit unit) {
    try (NativeMemory pass = NativeMemory.allocate(LAYOUT.lengthBytes((int) unit.pixels(), 1))) {
      for (long at = 0; at < pass.lengthBytes(); at += Float.BYTES) {
        pass.putFloat(at, unit.sampleCount());
      }
      film.merge(unit, pass);
    }
  }
}
