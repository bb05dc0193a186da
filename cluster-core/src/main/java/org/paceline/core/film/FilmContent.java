// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import java.util.Arrays;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;

/**
 * How far a film is and what it holds: all that is needed to go on with it.
 *
 * @param mergedBlocks for each cell, how many of its blocks are in the pixels
 * @param pixels as in a film's memory
 */
public record FilmContent(int[] mergedBlocks, NativeMemory pixels) implements AutoCloseable {
  /** Nothing yet. */
  public static FilmContent empty(RenderRequest request) {
    int cells = new CellGrid(request.width(), request.height()).cells();
    long lengthBytes = request.layout().lengthBytes(request.width(), request.height());
    return new FilmContent(new int[cells], NativeMemory.allocateZeroed(lengthBytes));
  }

  void clear() {
    Arrays.fill(mergedBlocks, 0);
    pixels.zero(0, pixels.lengthBytes());
  }

  @Override
  public void close() {
    pixels.close();
  }
}
