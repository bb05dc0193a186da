// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmPass;
import org.paceline.api.MergeRule;
import org.paceline.api.RenderProgress;
import org.paceline.core.film.MergedFilm;
import org.paceline.core.film.SampleBlocks;
import org.paceline.core.scene.HostScene;
import org.paceline.core.worker.ModelDevice;

/** What a film of model devices must hold. */
final class FilmAssertions {
  static final FilmLayout LAYOUT =
      new FilmLayout(
          5,
          List.of(
              new FilmPass("combined", 0, 4, MergeRule.SUM),
              new FilmPass("depth", 4, 1, MergeRule.FIRST)));

  private FilmAssertions() {}

  /** Every pixel is exactly the fold, in sample order, of the blocks it claims to hold. */
  static void assertFilm(SimulatedCluster cluster, Job job) {
    int seed = seedOf(cluster);
    MergedFilm film = (MergedFilm) job.film();
    SampleBlocks blocks = film.blocks();
    if (job.progress().state() == RenderProgress.State.DONE) {
      assertEquals(job.request().samples(), film.samples(0, 0));
    }
    for (int y = 0; y < film.height(); y++) {
      for (int x = 0; x < film.width(); x++) {
        for (int component = 0; component < LAYOUT.stride(); component++) {
          float expected = 0;
          for (int block = 0;
              block < blocks.count() && blocks.start(block) < film.samples(x, y);
              block++) {
            float sum = 0;
            for (int s = 0; s < blocks.length(block); s++) {
              sum += ModelDevice.sample(x, y, blocks.start(block) + s, component, seed);
            }
            boolean summed = component < 4;
            expected = summed || block == 0 ? expected + sum : expected;
          }
          if (Float.floatToRawIntBits(expected)
              != Float.floatToRawIntBits(film.get(x, y, component))) {
            assertEquals(
                expected,
                film.get(x, y, component),
                0,
                "x=" + x + " y=" + y + " component=" + component);
          }
        }
      }
    }
  }

  private static int seedOf(SimulatedCluster cluster) {
    HostScene scene = cluster.scene;
    int seed = 0;
    for (int i = 0; i < scene.entries().size(); i++) {
      seed += ModelDevice.seedOf(scene.memory(i));
    }
    return seed;
  }
}
