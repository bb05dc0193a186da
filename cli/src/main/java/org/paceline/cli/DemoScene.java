// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.paceline.api.Film;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.WholeFile;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.reference.ReferenceDevice;
import org.paceline.reference.ReferenceScene;

/** The reference device's quick-start scene. */
record DemoScene(RenderRequest request) implements SceneSource {
  static DemoScene of(int width, int height, int samples) {
    try {
      return new DemoScene(new RenderRequest(width, height, samples, ReferenceScene.filmLayout()));
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), e);
    }
  }

  @Override
  public String device() {
    return "reference";
  }

  @Override
  public DeviceIdentity renderer() {
    return ReferenceDevice.IDENTITY;
  }

  @Override
  public LoadedScene open() {
    return new Opened(ReferenceScene.quickStart(), request);
  }

  private record Opened(ReferenceScene scene, RenderRequest request) implements LoadedScene {
    @Override
    public void push(RenderSession session) {
      scene.push(session, request.width(), request.height());
      session.commit();
    }

    @Override
    public void write(Film film, Path file) {
      WholeFile.replace(
          file,
          out -> {
            // Otherwise Java puts the image into a temporary file first.
            try (ImageOutputStream image = new MemoryCacheImageOutputStream(out)) {
              if (!ImageIO.write(ReferenceScene.toImage(film), "png", image)) {
                throw new IOException("this Java has no PNG writer");
              }
            }
          });
    }

    @Override
    public void close() {
      scene.close();
    }
  }
}
