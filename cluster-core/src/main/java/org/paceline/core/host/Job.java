// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.Film;
import org.paceline.api.NativeMemory;
import org.paceline.api.PassListener;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderProgress.State;
import org.paceline.api.RenderRequest;
import org.paceline.api.UnitListener;
import org.paceline.api.UnitRecord;
import org.paceline.api.WorkUnit;
import org.paceline.core.AgentThread;
import org.paceline.core.film.CellGrid;
import org.paceline.core.film.MergedFilm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One render: its film and what is left to do. The session's thread works on it, others look. */
final class Job implements RenderJob {
  private static final Logger LOGGER = LoggerFactory.getLogger(Job.class);

  private final RenderRequest request;
  private final MergedFilm film;
  private final Optional<Checkpointer> checkpointer;
  private final PassScheduler scheduler;
  private final OutstandingUnits outstanding = new OutstandingUnits();
  private final NanoClock clock;
  private final Runnable cancelRequest;
  private final Runnable closeRequest;
  private final List<PassListener> listeners = new CopyOnWriteArrayList<>();
  private final List<UnitListener> unitListeners = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final long startNs;
  private volatile long endNs;
  private volatile State state = State.WAITING;
  private volatile String failure = "";
  private volatile long doneSamples;
  private volatile long passes;
  private long mergedPasses;
  private volatile int workers;
  private volatile int attachedWorkers;

  Job(
      RenderRequest request,
      long generation,
      long maxPassBytes,
      NanoClock clock,
      Consumer<Job> cancel,
      Consumer<Job> close) {
    this(
        request,
        generation,
        maxPassBytes,
        clock,
        cancel,
        close,
        new MergedFilm(request, generation),
        null);
  }

  /** One that keeps a checkpoint, and begins with the film that it has. */
  Job(
      RenderRequest request,
      long generation,
      long maxPassBytes,
      NanoClock clock,
      Consumer<Job> cancel,
      Consumer<Job> close,
      Checkpointer checkpointer) {
    this(
        request, generation, maxPassBytes, clock, cancel, close, checkpointer.film(), checkpointer);
  }

  private Job(
      RenderRequest request,
      long generation,
      long maxPassBytes,
      NanoClock clock,
      Consumer<Job> cancel,
      Consumer<Job> close,
      MergedFilm film,
      Checkpointer checkpointer) {
    this.request = request;
    this.clock = clock;
    this.film = film;
    this.checkpointer = Optional.ofNullable(checkpointer);
    doneSamples = film.mergedSamples();
    long maxPixels = maxPassBytes / ((long) request.layout().stride() * Float.BYTES);
    scheduler =
        new PassScheduler(
            generation,
            film.blocks(),
            film.grid(),
            Math.max(maxPixels, minPixels()),
            film.content().mergedBlocks());
    startNs = clock.nanoTime();
    cancelRequest = () -> cancel.accept(this);
    closeRequest = () -> close.accept(this);
  }

  private static long minPixels() {
    return (long) CellGrid.CELL * CellGrid.CELL;
  }

  PassScheduler scheduler() {
    return scheduler;
  }

  /** Units that are with workers. */
  OutstandingUnits outstanding() {
    return outstanding;
  }

  boolean isOver() {
    return state.isTerminal();
  }

  boolean isComplete() {
    return film.isComplete();
  }

  /** Does a piece of what keeps its checkpoint; returns how much was done. */
  int checkpoint(long nowNs) {
    return checkpointer.isPresent() ? checkpointer.get().doWork(nowNs) : 0;
  }

  void merge(WorkUnit unit, NativeMemory pass) {
    film.merge(unit, pass);
    doneSamples = film.mergedSamples();
    passes = ++mergedPasses;
    boolean complete = film.isComplete();
    for (PassListener listener : listeners) {
      try {
        listener.onPass(unit, film);
      } catch (RuntimeException e) {
        LOGGER.error("a pass listener failed", e);
      }
    }
    if (complete) {
      end(State.DONE, "");
    }
  }

  /** A worker is done with a unit. */
  void ended(HeldUnits.Held held, WorkerLink link, long renderNs, UnitRecord.Outcome outcome) {
    if (unitListeners.isEmpty()) {
      return;
    }
    UnitRecord record =
        new UnitRecord(
            link.endpoint().toString(),
            held.unit(),
            held.givenNs() - startNs,
            clock.nanoTime() - startNs,
            renderNs,
            outcome);
    for (UnitListener listener : unitListeners) {
      try {
        listener.onUnit(record);
      } catch (RuntimeException e) {
        LOGGER.error("a unit listener failed", e);
      }
    }
  }

  void workers(int ready, int attached) {
    workers = ready;
    attachedWorkers = attached;
    if (!isOver()) {
      state = ready == 0 ? State.WAITING : State.RENDERING;
    }
  }

  void end(State terminal, String reason) {
    if (!isOver()) {
      failure = reason;
      endNs = clock.nanoTime();
      try {
        film.finish();
        checkpointer.ifPresent(Checkpointer::finish);
      } finally {
        state = terminal;
        ended.countDown();
      }
    }
  }

  void release() {
    checkpointer.ifPresentOrElse(Checkpointer::release, film::close);
  }

  @Override
  public RenderRequest request() {
    return request;
  }

  @Override
  public RenderProgress progress() {
    State now = state;
    long until = now.isTerminal() ? endNs : clock.nanoTime();
    long total = (long) request.width() * request.height() * request.samples();
    return new RenderProgress(
        now, doneSamples, total, passes, workers, attachedWorkers, until - startNs);
  }

  @Override
  public Film film() {
    return film;
  }

  @Override
  public void addListener(PassListener listener) {
    listeners.add(listener);
  }

  /** Before it is started. */
  void addUnitListeners(List<UnitListener> added) {
    unitListeners.addAll(added);
  }

  @Override
  public void cancel() {
    cancelRequest.run();
  }

  @Override
  public State await(long timeout, TimeUnit unit) throws InterruptedException {
    if (!isOver()) {
      AgentThread.requireOther("await()");
    }
    ended.await(timeout, unit);
    return state;
  }

  @Override
  public String failure() {
    return failure;
  }

  @Override
  public void close() {
    closeRequest.run();
  }
}
