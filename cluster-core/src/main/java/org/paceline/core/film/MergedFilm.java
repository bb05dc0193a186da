// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.film;

import java.util.HashMap;
import java.util.Map;
import org.paceline.api.Film;
import org.paceline.api.FilmLayout;
import org.paceline.api.FilmUpdate;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;

/**
 * A film that merges each cell's blocks in sample order, whatever order they come in: a block that
 * comes early is kept aside, one that comes again is dropped. Merging belongs to one thread; see
 * {@link Film} for readers.
 */
public final class MergedFilm implements Film, AutoCloseable {
  private record Early(int cell, int block) {}

  private final RenderRequest request;
  private final long generation;
  private final SampleBlocks blocks;
  private final CellGrid grid;
  private final PassMerger merger;
  private final NativeMemory memory;
  private final CellVersions cells;

  /** Of each cell; the array of {@link #cells}. */
  private final int[] nextBlock;

  private final Map<Early, NativeMemory> early = new HashMap<>();
  private long mergedSamples;
  private volatile boolean isFinal;

  /** A black film of a generation of the scene. */
  public MergedFilm(RenderRequest request, long generation) {
    this.request = request;
    this.generation = generation;
    blocks = new SampleBlocks(request.samples());
    grid = new CellGrid(request.width(), request.height());
    merger = new PassMerger(request.layout());
    memory =
        NativeMemory.allocateShared(
            request.layout().lengthBytes(request.width(), request.height()));
    cells = new CellVersions(grid.cells(), blocks.count());
    nextBlock = cells.blocks();
  }

  /** The cut of samples. */
  public SampleBlocks blocks() {
    return blocks;
  }

  /** The cut of pixels. */
  public CellGrid grid() {
    return grid;
  }

  /** Pixel samples in the film. */
  public long mergedSamples() {
    return mergedSamples;
  }

  /** Whether every sample is in. */
  public boolean isComplete() {
    return mergedSamples == (long) request.width() * request.height() * request.samples();
  }

  /**
   * Merges a pass, atomically for every cell in it.
   *
   * @param unit whole cells of one block, as {@link #grid()} and {@link #blocks()} cut them
   * @param pass where its floats are
   */
  public void merge(WorkUnit unit, NativeMemory pass) {
    int block = blocks.blockAt(unit.firstSample());
    if (block < 0 || blocks.length(block) != unit.sampleCount()) {
      throw new IllegalArgumentException(unit + " is not one block of samples");
    }
    int lastColumn = (unit.x() + unit.width() - 1) / CellGrid.CELL;
    int lastRow = (unit.y() + unit.height() - 1) / CellGrid.CELL;
    for (int row = unit.y() / CellGrid.CELL; row <= lastRow; row++) {
      for (int column = unit.x() / CellGrid.CELL; column <= lastColumn; column++) {
        mergeCell(unit, pass, row, column, block);
      }
    }
  }

  private void mergeCell(WorkUnit unit, NativeMemory pass, int row, int column, int block) {
    int cell = row * grid.columns() + column;
    long pixelBytes = (long) request.layout().stride() * Float.BYTES;
    int left = grid.left(column);
    int bottom = grid.bottom(row);
    long offset = ((long) (bottom - unit.y()) * unit.width() + (left - unit.x())) * pixelBytes;
    if (nextBlock[cell] < block) {
      early.computeIfAbsent(
          new Early(cell, block),
          key -> copyCell(pass, offset, unit.width() * pixelBytes, row, column));
    } else if (nextBlock[cell] == block) {
      addCell(row, column, block, pass, offset, unit.width() * pixelBytes);
      NativeMemory next = early.isEmpty() ? null : early.remove(new Early(cell, ++block));
      while (next != null) {
        addCell(row, column, block, next, 0, cellWidth(column) * pixelBytes);
        next.close();
        next = early.remove(new Early(cell, ++block));
      }
    }
  }

  private NativeMemory copyCell(
      NativeMemory pass, long offset, long rowBytes, int row, int column) {
    long cellRowBytes = cellWidth(column) * (long) request.layout().stride() * Float.BYTES;
    int height = grid.bottom(row + 1) - grid.bottom(row);
    NativeMemory copy = NativeMemory.allocate(cellRowBytes * height);
    for (int y = 0; y < height; y++) {
      copy.copyFrom(y * cellRowBytes, pass, offset + y * rowBytes, cellRowBytes);
    }
    return copy;
  }

  private void addCell(
      int row, int column, int block, NativeMemory source, long sourceOffset, long sourceRowBytes) {
    int width = cellWidth(column);
    int top = grid.bottom(row + 1);
    long filmRowBytes = request.layout().lengthBytes(request.width(), 1);
    long filmOffset =
        grid.bottom(row) * filmRowBytes
            + (long) grid.left(column) * request.layout().stride() * Float.BYTES;
    long from = sourceOffset;
    int cell = row * grid.columns() + column;
    int merged = block;
    cells.beginMerge(cell);
    try {
      for (int y = grid.bottom(row); y < top; y++) {
        merger.merge(memory, filmOffset, source, from, width, block == 0);
        filmOffset += filmRowBytes;
        from += sourceRowBytes;
      }
      merged = block + 1;
    } finally {
      cells.endMerge(cell, merged); // whatever happens: readers wait for it
    }
    mergedSamples += (long) width * (top - grid.bottom(row)) * blocks.length(block);
  }

  /** What the film holds now, not copied: it changes when the film does. */
  public FilmContent content() {
    return new FilmContent(nextBlock, memory);
  }

  /** Copies what {@code copy} lacks of one row of cells. */
  public void copyRow(int row, FilmContent copy) {
    long rowBytes = request.layout().lengthBytes(request.width(), 1);
    for (int column = 0; column < grid.columns(); column++) {
      int cell = row * grid.columns() + column;
      if (copy.mergedBlocks()[cell] == nextBlock[cell]) {
        continue;
      }
      long left = request.layout().lengthBytes(grid.left(column), 1);
      long length = request.layout().lengthBytes(cellWidth(column), 1);
      for (int y = grid.bottom(row); y < grid.bottom(row + 1); y++) {
        long offset = y * rowBytes + left;
        copy.pixels().copyFrom(offset, memory, offset, length);
      }
      copy.mergedBlocks()[cell] = nextBlock[cell];
    }
  }

  /** Makes this film, which nothing was merged into yet, what it was when the copy was made. */
  public void restore(FilmContent copy) {
    memory.copyFrom(0, copy.pixels(), 0, memory.lengthBytes());
    for (int cell = 0; cell < nextBlock.length; cell++) {
      nextBlock[cell] = copy.mergedBlocks()[cell];
      mergedSamples += grid.pixels(cell) * blocks.start(nextBlock[cell]);
    }
  }

  private int cellWidth(int column) {
    return grid.left(column + 1) - grid.left(column);
  }

  @Override
  public int width() {
    return request.width();
  }

  @Override
  public int height() {
    return request.height();
  }

  @Override
  public FilmLayout layout() {
    return request.layout();
  }

  @Override
  public NativeMemory memory() {
    return memory.slice(0, memory.lengthBytes());
  }

  @Override
  public int samples(int x, int y) {
    memory.checkBounds(0, 0); // it is open
    return blocks.start(cells.blocks(cellOf(x, y)));
  }

  @Override
  public float get(int x, int y, int component) {
    int stride = request.layout().stride();
    if (x < 0 || x >= width() || component < 0 || component >= stride) {
      throw new IndexOutOfBoundsException(
          "no pixel x=" + x + " or component=" + component + " in this film");
    }
    return memory.getFloat((((long) y * width() + x) * stride + component) * Float.BYTES);
  }

  @Override
  public float mean(int x, int y, int component) {
    int cell = cellOf(x, y);
    while (true) {
      long version = cells.beginRead(cell);
      int samples = blocks.start(cells.blocks(cell));
      float sum = get(x, y, component);
      if (cells.endRead(cell, version)) {
        return samples == 0 ? 0 : sum / samples;
      }
    }
  }

  private int cellOf(int x, int y) {
    if (x < 0 || x >= width() || y < 0 || y >= height()) {
      throw new IndexOutOfBoundsException("no pixel x=" + x + " y=" + y + " in this film");
    }
    return y / CellGrid.CELL * grid.columns() + x / CellGrid.CELL;
  }

  @Override
  public FilmUpdate snapshot(NativeMemory target, FilmUpdate since) {
    if (target.lengthBytes() != memory.lengthBytes()) {
      throw new IllegalArgumentException(
          "target has "
              + target.lengthBytes()
              + " bytes, and the film "
              + memory.lengthBytes()
              + "; they must be equal");
    }
    return new FilmSnapshot(
            grid, blocks, cells, memory, target, (long) layout().stride() * Float.BYTES)
        .take(generation, since);
  }

  @Override
  public boolean isFinal() {
    return isFinal;
  }

  /** Nothing is merged any more: releases passes kept aside; the film itself stays. */
  public void finish() {
    isFinal = true;
    dropEarly();
  }

  private void dropEarly() {
    early.values().forEach(NativeMemory::close);
    early.clear();
  }

  @Override
  public void close() {
    dropEarly();
    memory.close();
  }
}
