// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.paceline.api.Film;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.reference.ReferenceDevice;
import org.paceline.reference.ReferenceScene;

/** The reference device's quick-start scene. */
final class DemoScene implements LoadedScene {
  private final RenderRequest request;
  private final ReferenceScene scene;

  DemoScene(int width, int height, int samples) {
    try {
      request = new RenderRequest(width, height, samples, ReferenceScene.filmLayout());
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), e);
    }
    scene = ReferenceScene.quickStart();
  }

  long triangles() {
    return scene.triangles();
  }

  @Override
  public DeviceIdentity renderer() {
    return ReferenceDevice.IDENTITY;
  }

  @Override
  public RenderRequest request() {
    return request;
  }

  @Override
  public void push(RenderSession session) {
    scene.push(session, request.width(), request.height());
    session.commit();
  }

  @Override
  public void write(Film film, Path file) throws IOException {
    if (!ImageIO.write(ReferenceScene.toImage(film), "png", file.toFile())) {
      throw new IOException("this Java has no PNG writer");
    }
  }

  @Override
  public void close() {
    scene.close();
  }
}
