// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.paceline.api.BufferSpec;
import org.paceline.api.ClusterConfig;
import org.paceline.api.FilmLayout;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.WorkerStatus;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.WorkerNode;

/**
 * Prints how fast a scene of 1 GB gets from {@code commit()} to the first pass of a worker that has
 * never seen it, and of one that has, beside plain region writes and iperf3 in the same run.
 */
public final class SceneDistribution {
  private static final int WARM_UP_ROUNDS = 4;
  private static final int ROUNDS = 15;
  private static final long SCENE_BYTES = 1_000_000_000L;
  private static final int WRITE_BYTES = 1 << 20;

  /** The longest writes of {@link RegionWriteBenchmark}: more than the caches hold. */
  private static final int LONG_WRITE_BYTES = 64 << 20;

  private record Result(double seconds, long sceneBytesSent) {}

  private SceneDistribution() {}

  /** Measures and prints; takes no arguments. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<Double> iperf = new ArrayList<>();
    List<Double> fresh = new ArrayList<>();
    List<Double> touched = new ArrayList<>();
    List<Double> sameLong = new ArrayList<>();
    List<Double> same = new ArrayList<>();
    List<Double> cold = new ArrayList<>();
    List<Double> warm = new ArrayList<>();
    long warmBytes = 0;
    try (NativeMemory scene = NativeMemory.allocate(SCENE_BYTES)) {
      for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
        // another scene each time, so that nothing is known from the last
        SceneBytes.fill(scene, round);
        double before;
        double beforeLong;
        Result first;
        Result second;
        try (WorkerNode worker =
            WorkerNode.start(
                ClusterConfig.builder().build(), Endpoint.parse("127.0.0.1:0"), NullDevice::new)) {
          before = regionWrites(WRITE_BYTES);
          beforeLong = regionWrites(LONG_WRITE_BYTES);
          FreshMemory.touch(SCENE_BYTES);
          first = attach(worker.endpoint(), scene);
          second = attach(worker.endpoint(), scene);
        }
        double afterLong = regionWrites(LONG_WRITE_BYTES);
        double after = regionWrites(WRITE_BYTES);
        double touchedSeconds =
            regionWrites(through(scene, NativeMemory.allocateZeroed(SCENE_BYTES)), WRITE_BYTES);
        FreshMemory.touch(SCENE_BYTES);
        double freshSeconds =
            regionWrites(through(scene, NativeMemory.allocate(SCENE_BYTES)), WRITE_BYTES);
        OptionalDouble gigabits = ExternalTool.IPERF3.measure();
        if (round >= 0) {
          gigabits.ifPresent(g -> iperf.add(SCENE_BYTES * 8e-9 / g));
          fresh.add(freshSeconds);
          touched.add(touchedSeconds);
          sameLong.add((beforeLong + afterLong) / 2);
          same.add((before + after) / 2);
          cold.add(first.seconds());
          warm.add(second.seconds());
          warmBytes = Math.max(warmBytes, second.sceneBytesSent());
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "1 GB to one worker over loopback, medians of %d rounds  GB/s   cold scene to this%n",
        ROUNDS);
    if (iperf.size() < ROUNDS) {
      System.out.println("  iperf3 skipped: it is not installed or did not run");
    } else {
      print("iperf3, one stream", iperf, cold);
    }
    print("region writes into fresh memory", fresh, cold);
    print("region writes into memory that was written to before", touched, cold);
    print("region writes of the same 64 MiB, before and after", sameLong, cold);
    print("region writes of the same 1 MiB, before and after", same, cold);
    print("cold scene, hashed and verified", cold, cold);
    print("the same again, warm", warm, cold);
    System.out.printf(
        Locale.ROOT, "warm attach sent %d of %d scene bytes%n", warmBytes, SCENE_BYTES);
  }

  private static WriteStream through(NativeMemory scene, NativeMemory region) {
    return new RegionWriteStream(
        tcp(), WRITE_BYTES, NativeMemory.borrow(scene.address(), SCENE_BYTES), region);
  }

  private static void print(String what, List<Double> seconds, List<Double> cold) {
    System.out.printf(
        Locale.ROOT,
        "  %-52s %7.2f %7.2f x%n",
        what,
        SCENE_BYTES * 1e-9 / SideBySide.median(seconds),
        SideBySide.medianRatio(seconds, cold));
  }

  private static ChannelPair tcp() {
    return new ChannelPair(Kind.TCP);
  }

  /** The same memory again and again, as much as the scene has. */
  private static double regionWrites(int writeBytes) throws IOException {
    return regionWrites(new RegionWriteStream(tcp(), writeBytes), writeBytes);
  }

  private static double regionWrites(WriteStream opened, int writeBytes) throws IOException {
    try (WriteStream stream = opened) {
      long start = System.nanoTime();
      long sent = 0;
      for (; sent < SCENE_BYTES; sent += writeBytes) {
        stream.send();
      }
      stream.finish();
      return (System.nanoTime() - start) * 1e-9 * SCENE_BYTES / sent;
    }
  }

  private static Result attach(Endpoint endpoint, NativeMemory scene) throws InterruptedException {
    ClusterConfig config = ClusterConfig.builder().worker(endpoint).build();
    try (RenderCluster cluster = RenderCluster.open(config);
        RenderSession session = cluster.openSession(NullDevice.IDENTITY)) {
      session.copyTo(BufferSpec.global("scene", SCENE_BYTES), scene);
      // as in a render, the session gets to its workers while the host makes the scene
      FanOutHost.awaitAll(session, WorkerStatus.State.LOADING);
      long start = System.nanoTime();
      session.commit();
      RenderJob job = session.render(new RenderRequest(32, 32, 1, FilmLayout.combined()));
      CountDownLatch merged = new CountDownLatch(1);
      job.addListener((unit, film) -> merged.countDown());
      if (job.progress().passes() == 0 && !merged.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no pass came: " + session.workers());
      }
      double seconds = (System.nanoTime() - start) * 1e-9;
      // the snapshot of the workers is taken every few milliseconds
      TimeUnit.MILLISECONDS.sleep(200);
      return new Result(seconds, session.workers().get(0).sceneBytesSent());
    }
  }
}
