// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

/** A checkpoint that can't be gone on from; says which file, why, and what to do. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence for people. */
  public CheckpointException(String message) {
    super(message);
  }
}
