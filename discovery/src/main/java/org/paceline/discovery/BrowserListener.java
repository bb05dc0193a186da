// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

/**
 * Hears of workers that come and go. Calls come one at a time, from threads of the {@link Browser},
 * and must not block.
 */
public interface BrowserListener {
  /** A worker was found. */
  default void added(FoundWorker worker) {}

  /** A worker says something else about itself, or is reached elsewhere. */
  default void changed(FoundWorker worker) {}

  /** A worker left, or hasn't been heard of for two minutes. */
  default void removed(FoundWorker worker) {}
}
