// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.PriorityQueue;
import org.paceline.api.WorkUnit;
import org.paceline.core.film.CellGrid;
import org.paceline.core.film.SampleBlocks;

/**
 * Cuts a job into work units, block by block over the whole picture, each as large as its worker's
 * speed asks for, and smaller towards the end (guided self-scheduling, Polychronopoulos and Kuck
 * 1987). Knows neither workers nor time.
 */
public final class PassScheduler {
  /** Cells {@code [from, to)} of one row in one block, given back by a worker. */
  private record Run(int block, int row, int from, int to) implements Comparable<Run> {
    @Override
    public int compareTo(Run other) {
      int order = Integer.compare(block, other.block);
      order = order != 0 ? order : Integer.compare(row, other.row);
      return order != 0 ? order : Integer.compare(from, other.from);
    }
  }

  private final long generation;
  private final SampleBlocks blocks;
  private final CellGrid grid;
  private final long maxPixels;
  private final int[] mergedBlocks;
  private final int firstWholeBlock;
  private final PriorityQueue<Run> givenBack = new PriorityQueue<>();
  private int block;
  private int row;
  private int column;
  private long unissuedSamples;

  /**
   * A job with nothing issued.
   *
   * @param maxPixels most pixels a unit may have, at least a cell's
   */
  public PassScheduler(long generation, SampleBlocks blocks, CellGrid grid, long maxPixels) {
    this(generation, blocks, grid, maxPixels, new int[grid.cells()]);
  }

  /**
   * A job that goes on.
   *
   * @param mergedBlocks for each cell, how many of its blocks need no unit any more
   */
  public PassScheduler(
      long generation, SampleBlocks blocks, CellGrid grid, long maxPixels, int[] mergedBlocks) {
    if (maxPixels < CellGrid.CELL * CellGrid.CELL) {
      throw new IllegalArgumentException("maxPixels=" + maxPixels + " is less than a cell");
    }
    this.generation = generation;
    this.blocks = blocks;
    this.grid = grid;
    this.maxPixels = maxPixels;
    this.mergedBlocks = mergedBlocks.clone();
    IntSummaryStatistics merged = Arrays.stream(mergedBlocks).summaryStatistics();
    block = merged.getMin();
    firstWholeBlock = merged.getMax();
    for (int cell = 0; cell < mergedBlocks.length; cell++) {
      int samples = blocks.start(blocks.count()) - blocks.start(mergedBlocks[cell]);
      unissuedSamples += grid.pixels(cell) * samples;
    }
  }

  /** Pixel samples not given to anybody now. */
  public long unissuedSamples() {
    return unissuedSamples;
  }

  /**
   * The next unit.
   *
   * @param targetSamples pixel samples it should have, more or less: at least a cell of a block
   *     comes anyway
   * @return null if everything is issued
   */
  public WorkUnit next(long targetSamples) {
    Run run = givenBack.poll();
    if (run != null) {
      int cells = cellsFor(targetSamples, run.block(), run.row());
      int to = Math.min(run.to(), run.from() + cells);
      if (to < run.to()) {
        givenBack.add(new Run(run.block(), run.row(), to, run.to()));
      }
      return issue(run.block(), run.row(), run.row() + 1, run.from(), to);
    }
    while (block < firstWholeBlock) {
      WorkUnit unit = nextOfRow(targetSamples);
      if (unit != null) {
        return unit;
      }
    }
    if (block == blocks.count()) {
      return null;
    }
    int cells = cellsFor(targetSamples, block, row);
    int columns = grid.columns();
    WorkUnit unit;
    if (column == 0 && cells >= columns) {
      int rows = Math.min(grid.rows(), row + cells / columns);
      unit = issue(block, row, rows, 0, columns);
      row = rows;
    } else {
      int to = Math.min(columns, column + cells);
      unit = issue(block, row, row + 1, column, to);
      column = to == columns ? 0 : to;
      row += column == 0 ? 1 : 0;
    }
    startNextBlockAfterLastRow();
    return unit;
  }

  /** The next run that isn't merged in the row at hand; without one, null and the row is done. */
  private WorkUnit nextOfRow(long targetSamples) {
    int columns = grid.columns();
    while (column < columns && isMerged(column)) {
      column++;
    }
    WorkUnit unit = null;
    if (column < columns) {
      int to = column + 1;
      int limit = Math.min(columns, column + cellsFor(targetSamples, block, row));
      while (to < limit && !isMerged(to)) {
        to++;
      }
      unit = issue(block, row, row + 1, column, to);
      column = to;
    }
    if (column == columns) {
      column = 0;
      row++;
      startNextBlockAfterLastRow();
    }
    return unit;
  }

  private boolean isMerged(int ofColumn) {
    return mergedBlocks[row * grid.columns() + ofColumn] > block;
  }

  private void startNextBlockAfterLastRow() {
    if (row == grid.rows()) {
      row = 0;
      block++;
    }
  }

  /** A unit that won't be rendered by whom it was given to. */
  public void giveBack(WorkUnit unit) {
    int unitBlock = blocks.blockAt(unit.firstSample());
    int from = unit.x() / CellGrid.CELL;
    int to = (unit.x() + unit.width() + CellGrid.CELL - 1) / CellGrid.CELL;
    int top = (unit.y() + unit.height() + CellGrid.CELL - 1) / CellGrid.CELL;
    for (int r = unit.y() / CellGrid.CELL; r < top; r++) {
      givenBack.add(new Run(unitBlock, r, from, to));
    }
    unissuedSamples += unit.pixelSamples();
  }

  private int cellsFor(long targetSamples, int ofBlock, int ofRow) {
    long cellPixels = (long) CellGrid.CELL * (grid.bottom(ofRow + 1) - grid.bottom(ofRow));
    long pixels = Math.min(maxPixels, targetSamples / blocks.length(ofBlock));
    return (int) Math.max(1, Math.min(grid.cells(), pixels / cellPixels));
  }

  private WorkUnit issue(int ofBlock, int fromRow, int toRow, int fromColumn, int toColumn) {
    int x = grid.left(fromColumn);
    int y = grid.bottom(fromRow);
    WorkUnit unit =
        new WorkUnit(
            generation,
            x,
            y,
            grid.left(toColumn) - x,
            grid.bottom(toRow) - y,
            blocks.start(ofBlock),
            blocks.length(ofBlock));
    unissuedSamples -= unit.pixelSamples();
    return unit;
  }
}
