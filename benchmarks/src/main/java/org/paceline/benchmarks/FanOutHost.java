// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  /** What it prints before the seconds, of several edits their median. */
  static final String TOOK = "took";

  private static final long POLL_MS = 1;

  private FanOutHost() {}

  /**
   * Arguments: the scene's bytes, a seed for them, how often all of them are replaced later on,
   * which is then what counts, the multicast group or nothing, the workers' endpoints.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    long sceneBytes = Long.parseLong(args[0]);
    int seed = Integer.parseInt(args[1]);
    int edits = Integer.parseInt(args[2]);
    List<Endpoint> workers =
        List.of(args).subList(4, args.length).stream().map(Endpoint::parse).toList();
    ClusterConfig config = FanOutWorker.config().multicast(args[3]).workers(workers).build();
    BufferedReader stdin =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (NativeMemory even = NativeMemory.allocate(sceneBytes);
        NativeMemory odd = NativeMemory.allocate(edits > 0 ? sceneBytes : 0);
        RenderCluster cluster = RenderCluster.open(config);
        RenderSession session = cluster.openSession(NullDevice.IDENTITY)) {
      // as in a render, the session gets to its workers while the host makes the scene
      SceneBytes.fill(even, seed);
      awaitAll(session, WorkerStatus.State.LOADING);
      if (edits == 0) {
        awaitGo(stdin);
      }
      long start = System.nanoTime();
      distribute(session, even);
      long tookNs = System.nanoTime() - start;
      if (edits > 0) {
        awaitGo(stdin);
        tookNs = replaceOften(edits, session, even, odd);
      }
      System.out.println(TOOK + " " + tookNs * 1e-9);
      stdin.readLine();
    }
  }

  private static long replaceOften(
      int edits, RenderSession session, NativeMemory even, NativeMemory odd)
      throws InterruptedException {
    long[] tookNs = new long[edits];
    for (int edit = 1; edit <= edits; edit++) {
      NativeMemory scene = edit % 2 == 0 ? even : odd;
      SceneBytes.fill(scene, edit);
      long start = System.nanoTime();
      commit(session, scene);
      // what the last scene left is READY for some milliseconds more
      awaitAll(session, WorkerStatus.State.LOADING);
      awaitAll(session, WorkerStatus.State.READY);
      tookNs[edit - 1] = System.nanoTime() - start;
    }
    Arrays.sort(tookNs);
    return tookNs[edits / 2];
  }

  private static void awaitGo(BufferedReader stdin) throws IOException {
    System.out.println(READY);
    stdin.readLine();
  }

  /** Gets a first scene to all workers. */
  static void distribute(RenderSession session, NativeMemory scene) throws InterruptedException {
    commit(session, scene);
    awaitAll(session, WorkerStatus.State.READY);
  }

  private static void commit(RenderSession session, NativeMemory scene) {
    session.copyTo(BufferSpec.global("scene", scene.lengthBytes()), scene);
    session.commit();
  }

  /** Waits until all workers are that far. */
  static void awaitAll(RenderSession session, WorkerStatus.State state)
      throws InterruptedException {
    List<WorkerStatus> workers = session.workers();
    while (!workers.stream().allMatch(worker -> worker.state() == state)) {
      if (workers.stream().anyMatch(worker -> worker.state() == WorkerStatus.State.REFUSED)) {
        throw new IllegalStateException("a worker was refused: " + workers);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      workers = session.workers();
    }
  }
}
