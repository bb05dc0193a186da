// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.paceline.api.Film;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;

/** A built scene. */
interface LoadedScene extends AutoCloseable {
  /** What to render of it. */
  RenderRequest request();

  /**
   * Gives every buffer to the session and commits; the scene must stay open as long as the session.
   */
  void push(RenderSession session);

  /** Makes an image of the film, in the format that the name's extension says. */
  void write(Film film, Path file) throws IOException;

  @Override
  void close();
}
