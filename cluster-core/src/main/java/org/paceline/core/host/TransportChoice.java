// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.Set;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.TransportException;

/**
 * Which transport a host and a worker that met over TCP go on with.
 *
 * @param scheme the transport
 * @param why in a few words, for people
 */
record TransportChoice(String scheme, String why) {
  private static final String TCP = "tcp";
  private static final String IPC = "ipc";
  private static final String RDMA = "rdma";
  private static final String AERON = "aeron";

  /**
   * Chooses among what both have.
   *
   * @param wanted a scheme or {@link ClusterConfig#AUTO}
   * @param local what this host has
   * @param there schemes of the worker
   * @param sameMachine whether both run on one and can share memory there
   * @param multicast group to send the scene to, or empty
   * @throws TransportException if the one that is wanted isn't to be had
   */
  static TransportChoice of(
      String wanted, Route.Local local, Set<String> there, boolean sameMachine, String multicast) {
    Set<String> here = local.schemes();
    if (!wanted.equals(ClusterConfig.AUTO)) {
      if (local.unavailable().containsKey(wanted)) {
        throw new TransportException(
            "this host can't use " + wanted + ": " + local.unavailable().get(wanted));
      }
      require(wanted, here, "this host");
      require(wanted, there, "the worker");
      if (wanted.equals(IPC) && !sameMachine) {
        throw new TransportException(
            "ipc needs a worker that shares this machine's /dev/shm and its user; this one is on"
                + " another machine or not in this machine's namespace (a container)");
      }
      return new TransportChoice(wanted, "as configured");
    }
    if (sameMachine && both(IPC, here, there)) {
      return new TransportChoice(IPC, "it is on this machine");
    }
    if (both(RDMA, here, there)) {
      return new TransportChoice(RDMA, "both have RDMA devices");
    }
    if (!multicast.isEmpty() && both(AERON, here, there)) {
      return new TransportChoice(AERON, "the scene goes to " + multicast);
    }
    String noRdma = local.unavailable().get(RDMA);
    return new TransportChoice(
        TCP, "both have nothing faster" + (noRdma == null ? "" : "; no rdma here: " + noRdma));
  }

  private static boolean both(String scheme, Set<String> here, Set<String> there) {
    return here.contains(scheme) && there.contains(scheme);
  }

  private static void require(String wanted, Set<String> schemes, String who) {
    if (!schemes.contains(wanted)) {
      throw new TransportException(
          who + " has no transport '" + wanted + "'; it has " + String.join(", ", schemes));
    }
  }
}
