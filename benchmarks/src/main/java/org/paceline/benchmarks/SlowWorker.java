// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.paceline.api.RenderJob;
import org.paceline.api.transport.Endpoint;

/**
 * Two workers with a core each, one of which runs 5 ms of every 100 ms only: the whole process
 * stands still in between, and neither renders nor answers.
 *
 * <p>The ideal is the job's samples by the sum of the two workers' speeds. Each speed is measured
 * alone, on the same job, in the same round, the fast one's half before and half after: pixel
 * samples that came in per second, from the first pass to the last. Both have rendered for some
 * seconds before, at full speed, so that the JVM has compiled what it will.
 */
final class SlowWorker implements AutoCloseable {
  static final Duration RUNNING = Duration.ofMillis(5);
  static final Duration STANDING = Duration.ofMillis(95);

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int WARM_UP_S = 6;
  private static final int ALONE_S = 8;
  private static final int HALF_S = ALONE_S / 2;
  private static final int TOGETHER_S = 22;

  /** More samples than anything renders in a warm-up. */
  private static final int ENDLESS = 1 << 20;

  /**
   * What one round gave.
   *
   * @param fast pixel samples per second of the one alone
   * @param slow the same of the other
   * @param seconds that both took together
   * @param ideal seconds
   */
  record Result(double fast, double slow, double seconds, double ideal) {
    double ratio() {
      return seconds / ideal;
    }
  }

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private Endpoint fast;
  private Endpoint slow;
  private int samples;

  private SlowWorker() {}

  /** Starts both workers, warms them up, and slows the one. */
  static SlowWorker start() throws IOException, InterruptedException {
    SlowWorker workers = new SlowWorker();
    try {
      workers.begin();
      return workers;
    } catch (IOException | InterruptedException | RuntimeException e) {
      workers.close();
      throw e;
    }
  }

  private void begin() throws IOException, InterruptedException {
    NodeProgram fastProgram = startWorker();
    NodeProgram slowProgram = startWorker();
    fast = Endpoint.parse(fastProgram.await(ElasticWorker.LISTENING, START_LIMIT));
    slow = Endpoint.parse(slowProgram.await(ElasticWorker.LISTENING, START_LIMIT));
    perSecond(List.of(fast, slow), ENDLESS, WARM_UP_S);
    double speed = perSecond(List.of(fast), ENDLESS, WARM_UP_S);
    samples = (int) Math.ceil(speed * TOGETHER_S / HostedRender.pixelSamples(1));
    started.push(DutyCycle.start(slowProgram.pid(), RUNNING, STANDING));
  }

  private NodeProgram startWorker() throws IOException {
    List<String> arguments = List.of("tcp://127.0.0.1:0", "0");
    NodeProgram program = NodeProgram.start(ElasticWorker.class, arguments);
    started.push(program);
    return program;
  }

  /** Measures each worker alone, and renders with both. */
  Result render() throws InterruptedException {
    double slowSpeed = perSecond(List.of(slow), samples, ALONE_S);
    double fastBefore = perSecond(List.of(fast), samples, HALF_S);
    double seconds = together();
    double fastAfter = perSecond(List.of(fast), samples, HALF_S);
    double fastSpeed = (fastBefore + fastAfter) / 2;
    double ideal = HostedRender.pixelSamples(samples) / (fastSpeed + slowSpeed);
    return new Result(fastSpeed, slowSpeed, seconds, ideal);
  }

  private double together() throws InterruptedException {
    try (HostedRender render = HostedRender.with(List.of(fast, slow), samples)) {
      render.awaitReady(2);
      return HostedRender.awaitDone(render.start(new WorkDone()));
    }
  }

  /** Begins a render, and gives it up after some seconds. */
  private static double perSecond(List<Endpoint> workers, int samples, int seconds)
      throws InterruptedException {
    try (HostedRender render = HostedRender.with(workers, samples)) {
      render.awaitReady(workers.size());
      WorkDone work = new WorkDone();
      RenderJob job = render.start(work);
      job.await(seconds, TimeUnit.SECONDS);
      double speed = work.receivedPerSecond();
      job.cancel();
      return speed;
    }
  }

  @Override
  public void close() {
    CloseHelper.closeAll(started);
  }
}
