// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.Optional;
import java.util.ServiceLoader;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Endpoint;

/**
 * A set of workers: those that its configuration names, and those that it says may be found or may
 * dial in. Thread-safe.
 */
public interface RenderCluster extends AutoCloseable {
  /**
   * Opens a cluster with the implementation on the class path (module {@code cluster-core}).
   * Nothing is dialled before a session is opened.
   *
   * @throws IllegalStateException if none is there, or no {@link WorkerFinder} for a configuration
   *     that wants one
   * @throws org.paceline.api.transport.TransportException if workers can't be waited for as
   *     configured
   */
  static RenderCluster open(ClusterConfig config) {
    return ServiceLoader.load(Provider.class)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no RenderCluster implementation: add cluster-core to the class path"))
        .open(config);
  }

  /**
   * Starts a session and begins to dial every worker that is known; returns at once. A worker that
   * dials in serves one session until that ends; of several, whichever takes it first.
   *
   * @param renderer what the scene's buffers are meant for: a worker whose device differs is
   *     refused
   * @throws IllegalStateException if the cluster is closed
   */
  RenderSession openSession(DeviceIdentity renderer);

  /** What it was opened with. */
  ClusterConfig config();

  /** Where it waits for workers that dial it, with the port that was really taken. */
  default Optional<Endpoint> listensAt() {
    return Optional.empty();
  }

  /** Closes every session, as {@link RenderSession#close} does; twice is harmless. */
  @Override
  void close();

  /** How {@link #open} finds an implementation. */
  interface Provider {
    /** Opens a cluster. */
    RenderCluster open(ClusterConfig config);
  }
}
