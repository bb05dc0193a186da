// SPDX-License-Identifier: Apache-2.0
package org.paceline.simulator;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.paceline.api.ClusterConfig;

/**
 * A cluster and what it renders, drawn from a seed.
 *
 * @param config what host and workers are told
 * @param lines the network to each worker
 * @param samplesPerSecond each worker's speed
 * @param sceneBytes the most that the scene's buffers take
 * @param crowded whether scenes are so large that a worker holds one at a time
 * @param broadcasts whether the host can send to all at once
 * @param checkpoints whether the host keeps checkpoints
 * @param rounds how often the scene is rendered
 * @param idealNs how long a render would take if nothing were lost
 * @param faultsEndNs when nothing new goes wrong any more
 * @param patienceNs how long everybody may afterwards take to find the others again
 */
record Scenario(
    ClusterConfig config,
    Line[] lines,
    double[] samplesPerSecond,
    int width,
    int height,
    int samples,
    long sceneBytes,
    boolean crowded,
    boolean broadcasts,
    boolean checkpoints,
    int rounds,
    long idealNs,
    long faultsEndNs,
    long patienceNs) {
  private static final int MOST_WORKERS = 12;
  private static final int WORKER_MEMORY = 1 << 20;
  private static final long MOST_SCENE_BYTES = 900_000;
  private static final double SPREAD = 100;
  private static final long MS = 1_000_000;

  /**
   * Draws one.
   *
   * @param workers how many; 0 leaves it to the seed
   */
  static Scenario draw(SplittableRandom random, int workers) {
    int drawn = 1 + random.nextInt(MOST_WORKERS);
    int count = workers == 0 ? drawn : workers;
    int width = 1 + random.nextInt(150);
    int height = 1 + random.nextInt(120);
    int samples = 1 + random.nextInt(80);
    double total = (double) width * height * samples;
    long idealNs = (long) between(random, 20 * MS, 1_500 * MS);
    double[] speeds = speeds(random, count, total / idealNs * 1e9);
    Line[] lines = IntStream.range(0, count).mapToObj(i -> line(random)).toArray(Line[]::new);
    long slowest =
        Arrays.stream(lines).mapToLong(line -> line.latencyNs + line.jitterNs).max().orElse(0);
    long heartbeatNs = Math.max((long) between(random, 300 * MS, 2_000 * MS), 6 * slowest);
    long reconnectNs = (long) between(random, 10 * MS, 300 * MS);
    ClusterConfig config =
        ClusterConfig.builder()
            .discover(random.nextInt(3) == 0)
            .key(random.nextBoolean() ? "a key" : "")
            .heartbeatTimeout(Duration.ofNanos(heartbeatNs))
            .reconnectInterval(Duration.ofNanos(reconnectNs))
            .unitTarget(Duration.ofNanos((long) between(random, 5 * MS, 400 * MS)))
            .unitsInFlight(1 + random.nextInt(5))
            .chunkBytes(4096 << random.nextInt(4))
            .workerMemoryBytes(WORKER_MEMORY)
            .build();
    boolean crowded = random.nextInt(3) == 0;
    long patienceNs = 20_000 * MS + 20 * heartbeatNs + 45 * reconnectNs;
    return new Scenario(
        config,
        lines,
        speeds,
        width,
        height,
        samples,
        crowded || random.nextInt(4) == 0
            ? MOST_SCENE_BYTES
            : (long) between(random, 4_000, MOST_SCENE_BYTES),
        crowded,
        random.nextInt(3) == 0,
        random.nextInt(8) == 0,
        1 + random.nextInt(4),
        idealNs,
        (long) between(random, (crowded ? 2_000.0 : 200.0) * MS, 6_000 * MS),
        patienceNs);
  }

  /**
   * How long after the last fault the last job may take.
   *
   * @param lost a worker that never renders again; -1 if there is none
   */
  long boundNs(int lost) {
    double all = Arrays.stream(samplesPerSecond).sum();
    double left = lost < 0 ? all : all - samplesPerSecond[lost];
    return patienceNs + (long) (6 * idealNs * (all / left));
  }

  private static Line line(SplittableRandom random) {
    long latencyNs = (long) between(random, 100_000, 100 * MS);
    long jitterNs = random.nextInt(3) == 0 ? 0 : random.nextLong(latencyNs);
    double nsPerByte = random.nextInt(4) == 0 ? 0 : between(random, 0.1, 1_000);
    int windowBytes = (int) between(random, 8 << 10, 4 << 20);
    return new Line(latencyNs, jitterNs, nsPerByte, windowBytes, random.nextBoolean());
  }

  private static double[] speeds(SplittableRandom random, int count, double together) {
    double spread = random.nextBoolean() ? SPREAD : 1.5;
    double[] speeds =
        IntStream.range(0, count).mapToDouble(i -> between(random, 1, spread)).toArray();
    double sum = Arrays.stream(speeds).sum();
    return Arrays.stream(speeds).map(speed -> speed / sum * together).toArray();
  }

  /** Of every order of magnitude alike. */
  static double between(SplittableRandom random, double least, double most) {
    return least * Math.pow(most / least, random.nextDouble());
  }
}
