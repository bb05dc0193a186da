// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.paceline.api.ClusterConfig;
import org.paceline.api.Film;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.UnitListener;
import org.paceline.api.WorkerStatus;
import org.paceline.api.transport.Endpoint;
import org.paceline.reference.ReferenceDevice;
import org.paceline.reference.ReferenceScene;

/** One render of the quick-start scene, seen from its host. For one thread. */
final class HostedRender implements AutoCloseable {
  private static final int WIDTH = 160;
  private static final int HEIGHT = 90;

  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  /** Several times what any of the renders takes. */
  static final Duration RENDER_LIMIT = Duration.ofMinutes(3);

  private static final long POLL_MS = 1;

  private final RenderRequest request;
  private final ReferenceScene scene = ReferenceScene.quickStart();
  private final RenderCluster cluster;
  private final RenderSession session;

  /** Begins to give the scene to workers. */
  HostedRender(ClusterConfig config, int samples) {
    request = new RenderRequest(WIDTH, HEIGHT, samples, ReferenceScene.filmLayout());
    cluster = RenderCluster.open(config);
    session = cluster.openSession(ReferenceDevice.IDENTITY);
    scene.push(session, WIDTH, HEIGHT);
    session.commit();
  }

  /** What there is to render. */
  static long pixelSamples(int samples) {
    return (long) WIDTH * HEIGHT * samples;
  }

  /** With workers that are named, and no others. */
  static HostedRender with(List<Endpoint> workers, int samples) {
    return new HostedRender(FanOutWorker.config().workers(workers).build(), samples);
  }

  /** Waits until so many workers have the scene. */
  void awaitReady(int count) throws InterruptedException {
    long endNs = System.nanoTime() + READY_LIMIT.toNanos();
    while (ready().size() < count) {
      if (System.nanoTime() - endNs > 0) {
        throw new IllegalStateException(
            count
                + " workers did not have the scene within "
                + READY_LIMIT.toSeconds()
                + " s: "
                + session.workers());
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  /** The workers that have the scene. */
  Set<Endpoint> ready() {
    return session.workers().stream()
        .filter(worker -> worker.state() == WorkerStatus.State.READY)
        .map(worker -> Endpoint.parse(worker.endpoint()))
        .collect(Collectors.toSet());
  }

  /** Starts to render. */
  RenderJob start(UnitListener listener) {
    session.addUnitListener(listener);
    return session.render(request);
  }

  /** Waits for the end; the seconds that it took. */
  static double awaitDone(RenderJob job) throws InterruptedException {
    RenderProgress.State state = job.await(RENDER_LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (state != RenderProgress.State.DONE) {
      throw new IllegalStateException(
          "the render was to be done in "
              + RENDER_LIMIT.toSeconds()
              + " s and is "
              + job.progress()
              + " "
              + job.failure());
    }
    return job.progress().elapsedNs() * 1e-9;
  }

  /** Names a film's bits. */
  static String digest(Film film) {
    byte[] bytes = new byte[Math.toIntExact(film.memory().lengthBytes())];
    film.memory().getBytes(0, bytes, 0, bytes.length);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() {
    cluster.close();
    scene.close();
  }
}
