// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

/** Accepts channels. All calls come from one owner thread. */
public interface Listener extends AutoCloseable {
  /**
   * The next channel, or null if nobody came. Never blocks.
   *
   * @throws TransportException if somebody waits and can't be let in now, for want of descriptors
   *     say; may be tried again after a pause
   */
  Channel accept();

  /**
   * Checks that there is room for one more channel.
   *
   * @throws TransportException if there isn't, saying what to do
   */
  default void requireRoom() {}

  /** Where it listens, with the port that was really taken. */
  Endpoint endpoint();

  /** Stops listening; channels already accepted live on. */
  @Override
  void close();
}
