// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import org.paceline.api.device.DeviceIdentity;

/** A scene that a command will render, before it is built. */
interface SceneSource {
  /** Name of the device that renders it. */
  String device();

  /** What workers need to understand the scene. */
  DeviceIdentity renderer();

  /** Builds it. */
  LoadedScene open();
}
