// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.paceline.api.FilmUpdate;
import org.paceline.api.NativeMemory;

/** One snapshot of a film: copies the cells that have changed, and joins them into rectangles. */
final class FilmSnapshot {
  private static final int UNCHANGED = -1;

  private final CellGrid grid;
  private final SampleBlocks blocks;
  private final CellVersions cells;
  private final NativeMemory film;
  private final NativeMemory target;
  private final long pixelBytes;
  private final List<FilmUpdate.Rect> rects = new ArrayList<>();
  private int minSamples = Integer.MAX_VALUE;

  FilmSnapshot(
      CellGrid grid,
      SampleBlocks blocks,
      CellVersions cells,
      NativeMemory film,
      NativeMemory target,
      long pixelBytes) {
    this.grid = grid;
    this.blocks = blocks;
    this.cells = cells;
    this.film = film;
    this.target = target;
    this.pixelBytes = pixelBytes;
  }

  /** Takes it. */
  FilmUpdate take(long generation, FilmUpdate since) {
    boolean whole = since == null || !cells.isOwn(since.sequence());
    long sequence = cells.sequence(); // first: what changes from here on is copied again
    int[] samples = new int[grid.columns()];
    int[] started = new int[grid.columns()];
    Arrays.fill(started, UNCHANGED);
    for (int row = 0; row < grid.rows(); row++) {
      for (int column = 0; column < grid.columns(); column++) {
        int cell = row * grid.columns() + column;
        if (whole || cells.isChangedSince(cell, since.sequence())) {
          samples[column] = copyCell(row, column);
          minSamples = Math.min(minSamples, samples[column]);
        } else {
          samples[column] = UNCHANGED;
          minSamples = Math.min(minSamples, blocks.start(cells.blocks(cell)));
        }
      }
      addRow(row, samples, started);
    }
    return new FilmUpdate(generation, sequence, minSamples, rects);
  }

  private int copyCell(int row, int column) {
    int cell = row * grid.columns() + column;
    long rowBytes = grid.width() * pixelBytes;
    long left = grid.left(column) * pixelBytes;
    long length = grid.left(column + 1) * pixelBytes - left;
    while (true) {
      long version = cells.beginRead(cell);
      int samples = blocks.start(cells.blocks(cell));
      for (int y = grid.bottom(row); y < grid.bottom(row + 1); y++) {
        target.copyFrom(y * rowBytes + left, film, y * rowBytes + left, length);
      }
      if (cells.endRead(cell, version)) {
        return samples;
      }
    }
  }

  /**
   * Adds a row's rectangles.
   *
   * @param samples of each column, or {@link #UNCHANGED}
   * @param started for each column, the rectangle that starts there in the row below, or {@link
   *     #UNCHANGED}; then those of this row
   */
  private void addRow(int row, int[] samples, int[] started) {
    int column = 0;
    while (column < grid.columns()) {
      int end = column + 1;
      while (end < grid.columns() && samples[end] == samples[column]) {
        end++;
      }
      int below = started[column];
      Arrays.fill(started, column, end, UNCHANGED);
      if (samples[column] != UNCHANGED) {
        started[column] = add(row, column, end, samples[column], below);
      }
      column = end;
    }
  }

  /** Adds cells to the rectangle below them, or as a new one; returns its index. */
  private int add(int row, int column, int end, int samples, int below) {
    int x = grid.left(column);
    int width = grid.left(end) - x;
    int y = grid.bottom(row);
    int height = grid.bottom(row + 1) - y;
    if (below != UNCHANGED) {
      FilmUpdate.Rect rect = rects.get(below);
      if (rect.width() == width && rect.samples() == samples) {
        rects.set(below, new FilmUpdate.Rect(x, rect.y(), width, rect.height() + height, samples));
        return below;
      }
    }
    rects.add(new FilmUpdate.Rect(x, y, width, height, samples));
    return rects.size() - 1;
  }
}
