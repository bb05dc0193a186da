// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.ClusterConfig;
import org.paceline.api.FilmLayout;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.host.ClusterProvider;
import org.paceline.cycles.CyclesDevice;
import org.paceline.cycles.CyclesScene;
import org.paceline.cycles.CyclesSettings;
import org.paceline.cycles.Native;

/** An image that isn't the scene's would be wrong without a word: the host refuses to render it. */
@Tag("slow")
@Timeout(120)
class ImageSizeTest {
  @BeforeAll
  static void needsTheBridge() {
    Native.require();
  }

  @Test
  void aRequestForAnotherImageIsRefusedBeforeAnyWorkerHasIt() {
    ClusterConfig config =
        ClusterConfig.builder().workers(List.of(Endpoint.parse("tcp://127.0.0.1:1"))).build();
    CyclesSettings settings = CyclesSettings.withSamples(2).withSize(32, 20);
    try (CyclesScene scene = CyclesScene.open(Path.of("..", "examples", "meshes.xml"), settings);
        RenderCluster cluster = new ClusterProvider().open(config);
        RenderSession session = cluster.openSession(CyclesDevice.identityOfThisBuild())) {
      scene.push(session);
      FilmLayout layout = scene.filmLayout();
      for (int[] size : new int[][] {{31, 20}, {32, 19}, {64, 40}, {20, 32}}) {
        String message =
            refusal(session, new RenderRequest(size[0], size[1], 2, layout)).getMessage();
        assertTrue(message.contains(size[0] + "x" + size[1]), message);
        assertTrue(message.contains("32x20"), message);
      }
      refusal(
          session, new RenderRequest(32, 20, 2, new FilmLayout(layout.stride() + 4, List.of())));
      session.render(scene.request()).close();
    }
  }

  private static IllegalArgumentException refusal(RenderSession session, RenderRequest request) {
    return assertThrows(
        IllegalArgumentException.class, () -> session.render(request).close(), request.toString());
  }
}
