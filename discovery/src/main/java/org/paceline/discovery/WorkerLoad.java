// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

/**
 * What a worker does at the moment.
 *
 * @param busy whether it serves a session
 * @param samplesPerSecond pixel samples per second that it renders, 0 or more; 0 if unknown
 */
public record WorkerLoad(boolean busy, long samplesPerSecond) {
  /** Nothing to do. */
  public static final WorkerLoad IDLE = new WorkerLoad(false, 0);

  /** Validates. */
  public WorkerLoad {
    if (samplesPerSecond < 0) {
      throw new IllegalArgumentException("samplesPerSecond=" + samplesPerSecond + " is negative");
    }
  }
}
