// SPDX-License-Identifier: Apache-2.0
package org.paceline.reference;

import java.io.File;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Renders the quick-start scene to a PNG and prints times: {@code OUT WIDTH HEIGHT SAMPLES}. */
final class RenderQuickStart {
  private RenderQuickStart() {}

  public static void main(String[] args) throws IOException {
    int width = Integer.parseInt(args[1]);
    int height = Integer.parseInt(args[2]);
    int samples = Integer.parseInt(args[3]);
    int threads = Integer.parseInt(args[4]);
    long start = System.nanoTime();
    try (ReferenceScene scene = ReferenceScene.quickStart();
        LocalSession session = new LocalSession(threads)) {
      long built = System.nanoTime();
      scene.push(session, width, height);
      session.commit();
      long committed = System.nanoTime();
      try (LocalSession.Picture picture = session.render(0, 0, width, height, 0, samples)) {
        long rendered = System.nanoTime();
        ImageIO.write(ReferenceScene.toImage(picture), "png", new File(args[0]));
        System.out.printf(
            Locale.ROOT,
            "%d triangles, scene %.0f ms, commit %.0f ms, %.3f M samples/s%n",
            scene.triangles(),
            (built - start) / 1e6,
            (committed - built) / 1e6,
            (double) width * height * samples / ((rendered - committed) / 1e9) / 1e6);
      }
    }
  }
}
