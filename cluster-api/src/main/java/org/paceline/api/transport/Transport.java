// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import java.util.Optional;
import org.paceline.api.ClusterConfig;

/**
 * A way to move bytes; listed in {@code META-INF/services}. Thread-safe; channels and listeners are
 * not.
 */
public interface Transport {
  /** What a configuration calls it, for example {@code tcp}. */
  String scheme();

  /**
   * Why it can't be used on this machine or by this JVM, as a sentence's end that says what to do;
   * empty if it can.
   */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /**
   * Starts to connect and returns at once; the channel tells how it went.
   *
   * @throws TransportException if the endpoint can't be understood
   */
  Channel connect(Endpoint endpoint, ClusterConfig config);

  /**
   * Opens a listener.
   *
   * @param endpoint where; port 0 takes a free one
   * @throws TransportException if it can't be had (taken, not this machine's, not allowed), saying
   *     what to do
   */
  Listener listen(Endpoint endpoint, ClusterConfig config);

  /**
   * A broadcast for channels of this transport, as {@code config} asks for one.
   *
   * @return empty where the transport has none or the configuration names no group
   * @throws TransportException if the group can't be had, saying what to do
   */
  default Optional<Broadcast> broadcast(ClusterConfig config) {
    return Optional.empty();
  }
}
