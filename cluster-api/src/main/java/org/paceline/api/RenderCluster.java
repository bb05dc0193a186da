// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.ServiceLoader;
import org.paceline.api.device.DeviceIdentity;

/** A configured set of workers. Thread-safe. */
public interface RenderCluster extends AutoCloseable {
  /**
   * Opens a cluster with the implementation on the class path (module {@code cluster-core}).
   * Nothing is dialled before a session is opened.
   *
   * @throws IllegalStateException if none is there
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
   * Starts a session and begins to dial every configured worker; returns at once.
   *
   * @param renderer what the scene's buffers are meant for: a worker whose device differs is
   *     refused
   */
  RenderSession openSession(DeviceIdentity renderer);

  /** What it was opened with. */
  ClusterConfig config();

  /** Closes every session. */
  @Override
  void close();

  /** How {@link #open} finds an implementation. */
  interface Provider {
    /** Opens a cluster. */
    RenderCluster open(ClusterConfig config);
  }
}
