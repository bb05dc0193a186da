// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;
import org.paceline.api.FilmLayout;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;
import org.paceline.core.film.CellGrid;
import org.paceline.core.film.SampleBlocks;

/**
 * What a host decides for each unit: cut it, note who has it, look whether an old one is overdue,
 * and strike it off when its pass comes; one in ten is given back as lost workers' are. Each worker
 * holds three units and is up to 100 times as fast as another one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"})
public class SchedulingBenchmark {
  private static final int WIDTH = 3840;
  private static final int HEIGHT = 2160;
  private static final int UNITS_HELD = 3;
  private static final int SPEEDS = 100;

  /** How many workers hold units. */
  @Param({"1", "10", "100", "1000", "10000"})
  public int workers;

  private final ArrayDeque<WorkUnit> held = new ArrayDeque<>();
  private PassScheduler scheduler;
  private OutstandingUnits outstanding;
  private long turn;

  /** Gives every worker its first units. */
  @Setup
  public void begin() {
    RenderRequest request =
        new RenderRequest(WIDTH, HEIGHT, RenderRequest.MAX_SAMPLES, FilmLayout.combined());
    scheduler =
        new PassScheduler(
            1,
            new SampleBlocks(request.samples()),
            new CellGrid(WIDTH, HEIGHT),
            CellGrid.CELL * CellGrid.CELL * 100L);
    outstanding = new OutstandingUnits();
    held.clear();
    for (int i = 0; i < UNITS_HELD * workers; i++) {
      give();
    }
  }

  /** A pass comes, and its worker gets another unit. */
  @Benchmark
  public boolean unit() {
    WorkUnit ended = held.poll();
    if (turn % 10 == 0 && outstanding.lost(ended, null)) {
      scheduler.giveBack(ended);
    } else {
      outstanding.merged(ended);
    }
    give();
    return outstanding.isOverdue(turn, Long.MAX_VALUE);
  }

  private void give() {
    turn++;
    long target = (long) CellGrid.CELL * CellGrid.CELL * (1 + turn % SPEEDS);
    WorkUnit unit = scheduler.next(target);
    if (unit == null) {
      throw new IllegalStateException("the film is not large enough for so many units");
    }
    outstanding.given(unit, null, turn);
    held.add(unit);
  }
}
