// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;

/** The same samples are the same bits, however they are cut and whoever renders them. */
class ReproducibilityTest {
  private static final int WIDTH = 32;
  private static final int HEIGHT = 18;
  private static final int QUICK_START_HASH = 1459755269;

  private static ReferenceScene scene;

  @BeforeAll
  static void build() {
    scene = ReferenceScene.quickStart();
  }

  @AfterAll
  static void free() {
    scene.close();
  }

  private static LocalSession open(int threads) {
    LocalSession session = new LocalSession(threads);
    scene.push(session, WIDTH, HEIGHT);
    session.commit();
    return session;
  }

  private static float[] floats(
      LocalSession session, int x, int y, int width, int height, int first, int count) {
    try (LocalSession.Picture picture = session.render(x, y, width, height, first, count)) {
      return picture.floats();
    }
  }

  @Test
  void rectanglesAndThreadsDoNotMatter() {
    try (LocalSession one = open(1);
        LocalSession three = open(3)) {
      float[] whole = floats(one, 0, 0, WIDTH, HEIGHT, 0, 4);
      assertArrayEquals(whole, floats(three, 0, 0, WIDTH, HEIGHT, 0, 4), 0f);
      float[] part = floats(three, 5, 7, 11, 3, 0, 4);
      for (int y = 0; y < 3; y++) {
        for (int i = 0; i < 11 * 5; i++) {
          assertEquals(whole[((y + 7) * WIDTH + 5) * 5 + i], part[y * 11 * 5 + i]);
        }
      }
    }
  }

  @Test
  void blockSumsAddUpInSampleOrder() {
    try (LocalSession session = open(2)) {
      float[] sum = new float[WIDTH * HEIGHT * 5];
      for (int sample = 0; sample < 8; sample++) {
        float[] single = floats(session, 0, 0, WIDTH, HEIGHT, sample, 1);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += single[i];
        }
      }
      assertArrayEquals(floats(session, 0, 0, WIDTH, HEIGHT, 0, 8), sum, 0f);
    }
  }

  @Test
  void onlySampleZeroWritesDepth() {
    try (LocalSession session = open(1)) {
      float[] first = floats(session, 0, 0, WIDTH, HEIGHT, 0, 2);
      float[] second = floats(session, 0, 0, WIDTH, HEIGHT, 2, 2);
      for (int i = 4; i < first.length; i += 5) {
        assertTrue(first[i] > 0 && first[i] <= PathTracer.SKY_DEPTH);
        assertEquals(0f, second[i]);
      }
    }
  }

  @Test
  void varianceFallsWithTheNumberOfSamples() {
    int groups = 64;
    try (LocalSession session = open(2)) {
      double single = varianceOfMeans(session, 1, groups);
      double eight = varianceOfMeans(session, 8, groups);
      assertEquals(8, single / eight, 1.6, "variance of 1 sample : variance of 8");
    }
  }

  /** Mean over pixels of the variance between groups, of the red mean, clamped against outliers. */
  private static double varianceOfMeans(LocalSession session, int samples, int groups) {
    int pixels = WIDTH * HEIGHT;
    double[] sums = new double[pixels];
    double[] squares = new double[pixels];
    for (int group = 0; group < groups; group++) {
      double[] means = new double[pixels];
      for (int sample = 0; sample < samples; sample++) {
        float[] pass = floats(session, 0, 0, WIDTH, HEIGHT, group * samples + sample, 1);
        for (int pixel = 0; pixel < pixels; pixel++) {
          means[pixel] += Math.min(2, pass[5 * pixel]) / samples;
        }
      }
      for (int pixel = 0; pixel < pixels; pixel++) {
        sums[pixel] += means[pixel];
        squares[pixel] += means[pixel] * means[pixel];
      }
    }
    double variance = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      double mean = sums[pixel] / groups;
      variance += (squares[pixel] / groups - mean * mean) * groups / (groups - 1);
    }
    return variance / pixels;
  }

  @Test
  void randomNumbersDoNotRepeatAcrossPixelsSamplesAndSeeds() {
    Sampler sampler = new Sampler();
    Set<Long> seen = new HashSet<>();
    int streams = 0;
    for (int x = 0; x < 8; x++) {
      for (int y = 0; y < 8; y++) {
        for (int sample = 0; sample < 64; sample++) {
          for (int seed = 0; seed < 4; seed++, streams++) {
            sampler.start(x, y, sample, seed);
            long a = Float.floatToRawIntBits(sampler.next());
            seen.add(a << 32 | Float.floatToRawIntBits(sampler.next()));
          }
        }
      }
    }
    assertEquals(streams, seen.size());
  }

  @Test
  void quickStartLooksAsItDid() {
    try (LocalSession session = open(2)) {
      float[] pass = floats(session, 0, 0, WIDTH, HEIGHT, 0, 4);
      assertEquals(QUICK_START_HASH, Arrays.hashCode(pass), "hash of the quick start's film");
    }
  }

  @Test
  void cancelCutsARenderShortAndTheNextIsWhole() throws InterruptedException {
    try (LocalSession session = open(2)) {
      AtomicInteger cut = new AtomicInteger();
      NativeMemory pass =
          NativeMemory.allocate(ReferenceScene.filmLayout().lengthBytes(WIDTH, HEIGHT));
      Thread renderer =
          new Thread(
              () -> {
                WorkUnit endless = new WorkUnit(1, 0, 0, WIDTH, HEIGHT, 0, 1 << 30);
                cut.set(session.device.render(endless, 5, pass) ? 1 : 2);
              });
      renderer.start();
      while (renderer.isAlive()) {
        session.device.cancel();
        renderer.join(1);
      }
      pass.close();
      assertEquals(2, cut.get());
      assertFalse(Arrays.equals(new float[5], floats(session, 3, 3, 1, 1, 0, 1)));
    }
  }
}
