// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Where and how often a job saves its film, so that a host that crashes loses nothing.
 *
 * <p>The file always holds a whole checkpoint: a new one is written beside it, forced to the disk
 * and renamed; the one before stays as {@code FILE.previous}. The last one is written when the job
 * ends, and it is complete once the session has been closed.
 *
 * @param file where checkpoints go, in a directory that exists
 * @param interval from one checkpoint to the next; longer where the disk takes longer
 * @param resume whether to go on from the checkpoint that is there, if there is one; without it, an
 *     existing file is refused and stays as it is
 * @param scene the caller's identity of the scene, equal for scenes of equal pixels only: for
 *     renderers that don't make the same bytes of the same scene each time, and Cycles is one (its
 *     buffers hold uninitialised padding, and its texture slots depend on threads). Empty for one
 *     made of the bytes given to the session
 */
public record Checkpointing(Path file, Duration interval, boolean resume, String scene) {
  /** For a renderer that makes the same bytes of the same scene each time. */
  public Checkpointing(Path file, Duration interval, boolean resume) {
    this(file, interval, resume, "");
  }

  /** Validates. */
  public Checkpointing {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(scene, "scene");
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval=" + interval + " is not positive");
    }
  }
}
