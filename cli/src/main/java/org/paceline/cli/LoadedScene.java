// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import org.paceline.api.FileWriteException;
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

  /**
   * Makes an image of the film, in the format that the name's extension says.
   *
   * @throws FileWriteException if it can't be written; the former file is as it was then
   */
  void write(Film film, Path file);

  @Override
  void close();
}
