// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import org.paceline.api.NativeMemory;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderSession;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.WorkerNode;

/**
 * Does once, in one process, what the programs on the nodes do, so that the launcher can archive
 * the classes that it takes: the {@code paceline} command that they stand for starts from such an
 * archive, too.
 */
public final class ClassData {
  private static final long SCENE_BYTES = 1 << 20;

  private ClassData() {}

  /** Takes no arguments. */
  public static void main(String[] args) throws InterruptedException {
    distribute("tcp", "");
    distribute("aeron", "mdc");
  }

  private static void distribute(String transport, String multicast) throws InterruptedException {
    Endpoint listen = Endpoint.parse(transport + "://127.0.0.1:0");
    try (NativeMemory scene = NativeMemory.allocateZeroed(SCENE_BYTES);
        WorkerNode worker =
            WorkerNode.start(FanOutWorker.config().build(), listen, NullDevice::new);
        RenderCluster cluster =
            RenderCluster.open(
                FanOutWorker.config().multicast(multicast).worker(worker.endpoint()).build());
        RenderSession session = cluster.openSession(NullDevice.IDENTITY)) {
      FanOutHost.distribute(session, scene);
    }
  }
}
