// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.paceline.api.device.DeviceIdentity;

/** A scene that a command will render, before it is built. */
interface SceneSource {
  /** Name of the device that renders it. */
  String device();

  /** What workers need to understand the scene. */
  DeviceIdentity renderer();

  /** Names of its files that were changed after that time. */
  default List<String> filesNewerThan(FileTime time) {
    return List.of();
  }

  /** Builds it. */
  LoadedScene open();

  /** Files that building it has been waiting for, for longer than that. Any thread. */
  default List<String> slowReads(Duration time) {
    return List.of();
  }
}
