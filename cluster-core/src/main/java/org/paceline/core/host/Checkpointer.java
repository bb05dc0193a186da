// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.concurrent.Executor;
import org.agrona.concurrent.NanoClock;
import org.paceline.api.CheckpointException;
import org.paceline.api.Checkpointing;
import org.paceline.api.FileWriteException;
import org.paceline.api.RenderRequest;
import org.paceline.core.film.CheckpointFile;
import org.paceline.core.film.CheckpointHeader;
import org.paceline.core.film.FilmContent;
import org.paceline.core.film.MergedFilm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one job's checkpoint. The session's thread copies the film, a row of cells at a time
 * between its other work, and what changed since the last copy only; another thread writes the
 * copy. A disk that is slow or full costs checkpoints, never the render.
 */
final class Checkpointer {
  private static final Logger LOGGER = LoggerFactory.getLogger(Checkpointer.class);
  private static final int NO_ROW = -1;

  private final CheckpointFile file;
  private final MergedFilm film;
  private final FilmContent copy;
  private final long intervalNs;
  private final Executor writer;

  // the session's thread
  private long dueNs;
  private int row = NO_ROW;
  private long copiedSamples;
  private boolean slownessSaid;

  /** Whether the copy is the writer's. */
  private volatile boolean writing;

  // the writer's thread, and the session's looks
  private volatile long writtenSamples;

  // the writer's thread
  private String problemSaid = "";

  /**
   * For a job whose film holds what the file does.
   *
   * @param copy holds the same; owned
   * @param writer runs one thing at a time, in order
   */
  Checkpointer(
      CheckpointFile file,
      MergedFilm film,
      FilmContent copy,
      long intervalNs,
      long nowNs,
      Executor writer) {
    this.file = file;
    this.film = film;
    this.copy = copy;
    this.intervalNs = intervalNs;
    this.writer = writer;
    dueNs = nowNs + intervalNs;
    writtenSamples = film.mergedSamples();
  }

  /**
   * Begins with what the file holds, or with an empty film.
   *
   * @throws CheckpointException if there is a file that this can't go on from, or isn't to
   */
  static Checkpointer open(
      Checkpointing settings,
      CheckpointHeader header,
      RenderRequest request,
      long generation,
      NanoClock clock,
      Executor writer) {
    MergedFilm film = new MergedFilm(request, generation);
    FilmContent copy = FilmContent.empty(request);
    try {
      CheckpointFile file = new CheckpointFile(settings.file(), header, film.blocks().count());
      if (!settings.resume()) {
        file.requireAbsent();
      } else if (file.read(copy)) {
        film.restore(copy);
      }
      return new Checkpointer(
          file, film, copy, settings.interval().toNanos(), clock.nanoTime(), writer);
    } catch (CheckpointException e) {
      copy.close();
      film.close();
      throw e;
    }
  }

  MergedFilm film() {
    return film;
  }

  /** Does a small piece of what is due; returns how much was done. */
  int doWork(long nowNs) {
    if (row == NO_ROW && !isToBegin(nowNs)) {
      return 0;
    }
    film.copyRow(row, copy);
    row++;
    if (row == film.grid().rows()) {
      row = NO_ROW;
      writing = true;
      long samples = copiedSamples;
      writer.execute(
          () -> {
            try {
              write(copy, samples);
            } finally {
              writing = false;
            }
          });
    }
    return 1;
  }

  private boolean isToBegin(long nowNs) {
    if (nowNs - dueNs < 0 || film.mergedSamples() == writtenSamples) {
      return false;
    }
    if (writing) {
      if (!slownessSaid) {
        slownessSaid = true;
        LOGGER.warn(
            "{} is not written yet when the next one is due; a crash may cost more than an"
                + " interval",
            file);
      }
      return false;
    }
    dueNs = nowNs + intervalNs;
    // what is merged while rows are copied may be in the copy or not: it counts as not
    copiedSamples = film.mergedSamples();
    row = 0;
    return true;
  }

  /** The film no longer changes: writes the last checkpoint from where it is. */
  void finish() {
    writer.execute(
        () -> {
          if (film.mergedSamples() != writtenSamples) {
            write(film.content(), film.mergedSamples());
          }
        });
  }

  /** Releases the film and the copy once nothing writes them any more. */
  void release() {
    writer.execute(
        () -> {
          copy.close();
          film.close();
        });
  }

  private void write(FilmContent content, long samples) {
    try {
      file.write(content);
      writtenSamples = samples;
      problemSaid = "";
    } catch (FileWriteException e) {
      if (!e.getMessage().equals(problemSaid)) {
        problemSaid = e.getMessage();
        LOGGER.warn(
            "checkpoint {}; the render goes on, and the next checkpoint is tried", problemSaid);
      }
    }
  }
}
