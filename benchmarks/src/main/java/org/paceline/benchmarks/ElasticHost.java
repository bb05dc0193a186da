// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.paceline.api.RenderJob;
import org.paceline.api.transport.Endpoint;

/**
 * A host on a node: renders with the workers that it finds, and tells who came when and how fast
 * each was.
 */
final class ElasticHost {
  /** What it prints when it starts to render. */
  static final String RENDERING = "rendering";

  /** What it prints before the address of a worker that has come, or come back, and the time. */
  static final String HAS_SCENE = "has-scene";

  /** What it prints before a worker's address and speed. */
  static final String SPEED = "speed";

  /** What it prints last, before the time that it took and the film's digest. */
  static final String RENDERED = "rendered";

  private static final long POLL_MS = 2;

  private ElasticHost() {}

  /** Arguments: how many workers to begin with, samples per pixel. Times are in seconds. */
  public static void main(String[] args) throws InterruptedException {
    try (HostedRender render =
        new HostedRender(FanOutWorker.config().discover(true).build(), Integer.parseInt(args[1]))) {
      render.awaitReady(Integer.parseInt(args[0]));
      Set<Endpoint> before = render.ready();
      WorkDone work = new WorkDone();
      RenderJob job = render.start(work);
      System.out.println(RENDERING);
      while (!job.await(POLL_MS, TimeUnit.MILLISECONDS).isTerminal()) {
        Set<Endpoint> now = render.ready();
        Set<Endpoint> came = new HashSet<>(now);
        came.removeAll(before);
        double seconds = job.progress().elapsedNs() * 1e-9;
        came.forEach(worker -> System.out.println(HAS_SCENE + " " + worker.host() + " " + seconds));
        before = now;
      }
      double seconds = HostedRender.awaitDone(job);
      work.speeds()
          .forEach((address, speed) -> System.out.println(SPEED + " " + address + " " + speed));
      System.out.println(RENDERED + " " + seconds + " " + HostedRender.digest(job.film()));
    }
  }
}
