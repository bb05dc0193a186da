// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.paceline.api.ClusterConfig;
import org.paceline.core.Machine;
import org.paceline.core.Transports;
import org.paceline.core.WorkerNode;
import org.paceline.discovery.Announcement;
import org.paceline.discovery.KeyFingerprint;
import org.paceline.discovery.WorkerLoad;
import org.paceline.discovery.WorkerProfile;

/** Tells the neighbours that a worker of this process is there, and what it does. */
final class WorkerPresence implements AutoCloseable {
  private static final long PERIOD_MS = 2000;

  private final WorkerNode node;
  private final Announcement announcement;
  private final ScheduledExecutorService updates =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "presence");
            thread.setDaemon(true);
            return thread;
          });
  private long samples;
  private long measuredNs = System.nanoTime();

  @SuppressWarnings("FutureReturnValueIgnored") // it goes on until close ends the whole executor
  private WorkerPresence(WorkerNode node, Announcement announcement) {
    this.node = node;
    this.announcement = announcement;
    updates.scheduleAtFixedRate(this::update, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  /**
   * Starts to announce it.
   *
   * @param description of its device
   * @param metrics its own, which are announced if others reach them
   * @throws IllegalArgumentException if it can't be announced where it listens
   */
  static WorkerPresence start(
      WorkerNode node,
      ClusterConfig config,
      String description,
      int threads,
      MetricsServer metrics) {
    WorkerProfile profile =
        new WorkerProfile(
            Machine.processName(),
            VersionCommand.version(),
            WorkerProfile.shortened(description),
            threads,
            List.copyOf(new Transports().schemes()),
            KeyFingerprint.of(config.key()),
            metrics.portBeside(node.endpoint()));
    return new WorkerPresence(node, Announcement.start(profile, node.endpoint()));
  }

  private void update() {
    long nowNs = System.nanoTime();
    long nowSamples = node.samplesRendered();
    double perSecond = (nowSamples - samples) * 1e9 / (nowNs - measuredNs);
    samples = nowSamples;
    measuredNs = nowNs;
    announcement.update(new WorkerLoad(node.isBusy(), rounded(perSecond)));
  }

  /** Two digits, so that the network isn't told of each small change. */
  private static long rounded(double value) {
    double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1));
    return (long) (Math.round(value / unit) * unit);
  }

  /** Says goodbye. */
  @Override
  public void close() {
    updates.shutdownNow();
    announcement.close();
  }
}
