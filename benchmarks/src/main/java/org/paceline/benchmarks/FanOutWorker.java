// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.WorkerNode;

/** A worker on a node: takes any scene, until its stdin ends. */
final class FanOutWorker {
  /** What it prints once it listens. */
  static final String LISTENING = "listening";

  private FanOutWorker() {}

  /** Listens on the endpoint that is the only argument. */
  public static void main(String[] args) throws IOException {
    ClusterConfig config = config().build();
    try (WorkerNode worker = WorkerNode.start(config, Endpoint.parse(args[0]), NullDevice::new)) {
      System.out.println(LISTENING + " " + worker.endpoint());
      while (System.in.read() >= 0) {}
    }
  }

  /** What host and workers have in common: only with a key do they leave loopback. */
  static ClusterConfig.Builder config() {
    return ClusterConfig.builder().key("known to everybody: for this benchmark alone");
  }
}
