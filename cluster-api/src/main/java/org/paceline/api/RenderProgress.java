// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/**
 * A snapshot of a job.
 *
 * @param state where the job is
 * @param doneSamples pixel samples merged into the film
 * @param totalSamples pixel samples in the whole job
 * @param passes passes merged
 * @param workers workers that have the scene and take units
 * @param attachedWorkers workers attached, those still loading the scene included
 * @param elapsedNs time since the job was given
 */
public record RenderProgress(
    State state,
    long doneSamples,
    long totalSamples,
    long passes,
    int workers,
    int attachedWorkers,
    long elapsedNs) {
  /** Where a job is. */
  public enum State {
    /** No worker is there to render; the job goes on when one attaches. */
    WAITING,
    /** Units are out. */
    RENDERING,
    /** Every sample is in the film. */
    DONE,
    /** Cancelled; the film keeps what was merged. */
    CANCELLED,
    /**
     * The scene can't be rendered by any worker, or the session was closed; {@link
     * RenderJob#failure()} says why.
     */
    FAILED;

    /** Whether the film no longer changes. */
    public boolean isTerminal() {
      return this == DONE || this == CANCELLED || this == FAILED;
    }
  }

  /** Fraction done, 0..1. */
  public double fraction() {
    return (double) doneSamples / totalSamples;
  }
}
