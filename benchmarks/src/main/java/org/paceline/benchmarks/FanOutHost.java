// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.paceline.api.BufferSpec;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderSession;
import org.paceline.api.WorkerStatus;
import org.paceline.api.transport.Endpoint;

/**
 * A host on a node: gives one scene to some workers and tells how long it took until the last one
 * had all of it, verified and handed to its device.
 */
final class FanOutHost {
  /** What it prints when the scene exists and it waits for a line. */
  static final String READY = "ready";

  /** What it prints before the seconds. */
  static final String TOOK = "took";

  private static final long POLL_MS = 1;

  private FanOutHost() {}

  /** Arguments: the scene's bytes, the multicast group or nothing, the workers' endpoints. */
  public static void main(String[] args) throws IOException, InterruptedException {
    long sceneBytes = Long.parseLong(args[0]);
    List<Endpoint> workers =
        List.of(args).subList(2, args.length).stream().map(Endpoint::parse).toList();
    ClusterConfig config = FanOutWorker.config().multicast(args[1]).workers(workers).build();
    BufferedReader stdin =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (NativeMemory scene = NativeMemory.allocate(sceneBytes)) {
      SceneBytes.fill(scene, 1);
      System.out.println(READY);
      stdin.readLine();
      long start = System.nanoTime();
      try (RenderCluster cluster = RenderCluster.open(config);
          RenderSession session = cluster.openSession(NullDevice.IDENTITY)) {
        session.copyTo(BufferSpec.global("scene", sceneBytes), scene);
        session.commit();
        awaitAllReady(session);
        System.out.println(TOOK + " " + (System.nanoTime() - start) * 1e-9);
        stdin.readLine();
      }
    }
  }

  private static void awaitAllReady(RenderSession session) throws InterruptedException {
    List<WorkerStatus> workers = session.workers();
    while (!workers.stream().allMatch(worker -> worker.state() == WorkerStatus.State.READY)) {
      if (workers.stream().anyMatch(worker -> worker.state() == WorkerStatus.State.REFUSED)) {
        throw new IllegalStateException("a worker was refused: " + workers);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      workers = session.workers();
    }
  }
}
