// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.paceline.api.Film;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.cycles.CyclesDevice;
import org.paceline.cycles.CyclesScene;
import org.paceline.cycles.CyclesSettings;

/**
 * A Cycles XML file.
 *
 * @param file the scene
 * @param settings how to render it
 * @param layer what an image's channels begin with; empty for nothing
 * @param console told what will look different from what the scene's author may expect
 */
record CyclesFile(Path file, CyclesSettings settings, String layer, Console console)
    implements SceneSource {
  static final String DEVICE = "cycles";

  @Override
  public String device() {
    return DEVICE;
  }

  @Override
  public DeviceIdentity renderer() {
    return CyclesDevice.identityOfThisBuild();
  }

  @Override
  public List<String> filesNewerThan(FileTime time) {
    return SceneFiles.newerThan(file, time);
  }

  @Override
  public LoadedScene open() {
    CyclesScene scene = CyclesScene.open(file, settings);
    scene.warnings().forEach(warning -> console.say(file.getFileName() + ": " + warning));
    return new Opened(scene, settings.passes(), layer);
  }

  @Override
  public List<String> slowReads(Duration time) {
    return CyclesScene.slowReads(time);
  }

  private record Opened(CyclesScene scene, List<String> passes, String layer)
      implements LoadedScene {
    @Override
    public RenderRequest request() {
      return scene.request();
    }

    @Override
    public void push(RenderSession session) {
      scene.push(session);
    }

    @Override
    public void write(Film film, Path image) {
      scene.writeImage(film, image, layer, passes);
    }

    @Override
    public void close() {
      scene.close();
    }
  }
}
