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

  /**
   * Has the owner thread's sockets end a wait when somebody comes, and watches the channels that
   * are accepted from then on, as {@link Channel#watch} does; called once.
   *
   * @return false where the transport has no sockets: then only {@link #accept} finds out
   */
  default boolean watch(Sockets sockets) {
    return false;
  }

  /** Where it listens, with the port that was really taken. */
  Endpoint endpoint();

  /** Stops listening; channels already accepted live on. */
  @Override
  void close();
}
