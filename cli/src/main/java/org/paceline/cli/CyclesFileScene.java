// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import java.util.List;
import org.paceline.api.Film;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.cycles.CyclesDevice;
import org.paceline.cycles.CyclesScene;
import org.paceline.cycles.CyclesSettings;

/** A scene from a Cycles XML file. */
final class CyclesFileScene implements LoadedScene {
  private final CyclesScene scene;
  private final List<String> passes;

  private CyclesFileScene(CyclesScene scene, List<String> passes) {
    this.scene = scene;
    this.passes = passes;
  }

  /** Builds the scene; says what will look different from what its author may expect. */
  static CyclesFileScene open(Path file, CyclesSettings settings, Console console) {
    CyclesScene scene = CyclesScene.open(file, settings);
    scene.warnings().forEach(warning -> console.say(file.getFileName() + ": " + warning));
    return new CyclesFileScene(scene, settings.passes());
  }

  @Override
  public DeviceIdentity renderer() {
    return CyclesDevice.identityOfThisBuild();
  }

  @Override
  public RenderRequest request() {
    return scene.request();
  }

  @Override
  public void push(RenderSession session) {
    scene.push(session);
  }

  @Override
  public void write(Film film, Path file) {
    scene.writeImage(film, file, passes.toArray(String[]::new));
  }

  @Override
  public void close() {
    scene.close();
  }
}
