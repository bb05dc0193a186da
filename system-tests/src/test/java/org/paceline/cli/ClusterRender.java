// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.paceline.api.ClusterConfig;
import org.paceline.api.PassListener;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderSession;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.host.ClusterProvider;
import org.paceline.cycles.CyclesDevice;
import org.paceline.cycles.CyclesScene;
import org.paceline.cycles.CyclesSettings;

/** A Cycles scene rendered by worker processes, from opening the file to the film's bytes. */
final class ClusterRender {
  private static final long LIMIT_SECONDS = 240;

  /** Something that happens while the job runs. */
  interface Incident {
    /** Called on the test's thread once the job has been started. */
    void during(RenderJob job) throws Exception;
  }

  private ClusterRender() {}

  /** The film's bytes, and the image written to {@code image}. */
  static byte[] render(Path scene, CyclesSettings settings, List<Endpoint> workers, Path image)
      throws Exception {
    return render(scene, settings, over(workers), image, job -> {});
  }

  /** Workers reached with the default settings. */
  static ClusterConfig over(List<Endpoint> workers) {
    return ClusterConfig.builder().workers(workers).build();
  }

  static byte[] render(
      Path scene, CyclesSettings settings, ClusterConfig config, Path image, Incident incident)
      throws Exception {
    try (CyclesScene opened = CyclesScene.open(scene, settings);
        RenderCluster cluster = new ClusterProvider().open(config);
        RenderSession session = cluster.openSession(CyclesDevice.identityOfThisBuild())) {
      opened.push(session);
      RenderJob job = session.render(opened.request());
      incident.during(job);
      RenderProgress.State state = job.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      assertEquals(RenderProgress.State.DONE, state, () -> job.failure() + " " + session.workers());
      assertTrue(job.film().samples(0, 0) == settings.samples());
      opened.writeImage(job.film(), image);
      byte[] bytes = new byte[Math.toIntExact(job.film().memory().lengthBytes())];
      job.film().memory().getBytes(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  /** Waits until so much of the job is done. */
  static void awaitFraction(RenderJob job, double fraction) throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    PassListener listener =
        (unit, film) -> {
          if (job.progress().fraction() >= fraction) {
            reached.countDown();
          }
        };
    job.addListener(listener);
    if (job.progress().fraction() >= fraction) {
      reached.countDown(); // by a pass merged before there was a listener
    }
    assertTrue(reached.await(120, TimeUnit.SECONDS), "the job stands still");
  }
}
