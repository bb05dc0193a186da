// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

/**
 * The film cut into cells of 32 x 32 pixels (fewer at the right and upper edge), numbered row by
 * row: the grain of work units and of what the film remembers.
 *
 * @param width film width
 * @param height film height
 */
public record CellGrid(int width, int height) {
  /** Side of a cell in pixels. */
  public static final int CELL = 32;

  /** Cells in a row. */
  public int columns() {
    return (width + CELL - 1) / CELL;
  }

  /** Rows of cells. */
  public int rows() {
    return (height + CELL - 1) / CELL;
  }

  /** All cells. */
  public int cells() {
    return columns() * rows();
  }

  /** Left edge of a column; for {@code column == columns()} the film's width. */
  public int left(int column) {
    return Math.min(width, column * CELL);
  }

  /** Lower edge of a row; for {@code row == rows()} the film's height. */
  public int bottom(int row) {
    return Math.min(height, row * CELL);
  }

  /** Pixels in a cell. */
  public long pixels(int cell) {
    int column = cell % columns();
    int row = cell / columns();
    return (long) (left(column + 1) - left(column)) * (bottom(row + 1) - bottom(row));
  }
}
