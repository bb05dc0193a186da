// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

/** A scene doesn't fit a worker's memory budget; the text says by how much and what to do. */
public final class SceneTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a full sentence. */
  public SceneTooLargeException(String message) {
    super(message);
  }
}
