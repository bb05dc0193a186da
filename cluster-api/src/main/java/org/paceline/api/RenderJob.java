// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.concurrent.TimeUnit;

/**
 * A running render. Every method may be called from any thread.
 *
 * <p>A job holds its film's memory until it is closed; the session closes what is left when it is
 * closed itself.
 */
public interface RenderJob extends AutoCloseable {
  /** What was asked for. */
  RenderRequest request();

  /** Where it is now. */
  RenderProgress progress();

  /** The film being filled; see {@link Film} for who may read it, and until when. */
  Film film();

  /**
   * Copies what has changed of the film since another snapshot, as {@link Film#snapshot} does.
   *
   * @param target as large as the film's memory
   * @param since the last snapshot that was copied into {@code target}; null copies all pixels
   */
  default FilmUpdate snapshot(NativeMemory target, FilmUpdate since) {
    return film().snapshot(target, since);
  }

  /** Tells {@code listener} of every pass merged from now on. */
  void addListener(PassListener listener);

  /**
   * Stops: units in flight are dropped, the film keeps what was merged. Does nothing to an ended
   * job.
   */
  void cancel();

  /**
   * Waits for a terminal state. When the session ends, or fails, the job does.
   *
   * @throws IllegalStateException from a listener while the job runs: it would wait for the thread
   *     that the listener runs on
   * @return the state, which is not terminal if the time ran out
   */
  RenderProgress.State await(long timeout, TimeUnit unit) throws InterruptedException;

  /** Why the job failed; empty unless its state is {@link RenderProgress.State#FAILED}. */
  String failure();

  /** Cancels the job if it still runs and releases its film; see {@link Film} for readers. */
  @Override
  void close();
}
