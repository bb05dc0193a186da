// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.List;
import org.paceline.api.transport.Endpoint;

/**
 * A way to find workers that nobody named; listed in {@code META-INF/services}. A cluster whose
 * {@link ClusterConfig#discover()} is set uses all that are there.
 */
public interface WorkerFinder {
  /** Hears of what is found. Calls come one at a time and never wait. */
  interface Listener {
    /**
     * A worker that shall be dialled, or more addresses of one.
     *
     * @param addresses of one worker, best first; those that are known already change nothing
     */
    void found(List<Endpoint> addresses);

    /** A worker left an address: attached there it stays, but it is not dialled there again. */
    void gone(Endpoint address);
  }

  /** A search that goes on until it is closed. */
  interface Search extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Starts to look and returns at once.
   *
   * @param config tells the key; a worker that is known to have another is not reported
   * @throws IllegalArgumentException if what says where to look can't be understood
   */
  Search start(ClusterConfig config, Listener listener);
}
