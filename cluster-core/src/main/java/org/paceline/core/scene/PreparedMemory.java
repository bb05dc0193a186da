// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.paceline.api.NativeMemory;

/**
 * Memory that scene buffers can have without waiting for the system, which takes longer to provide
 * pages for a gigabyte than a fast network takes to fill them: their pages are there already. What
 * a buffer leaves serves the next.
 *
 * <p>Belongs to the device's thread; only {@link #readyBytes()} may be asked from anywhere.
 */
public final class PreparedMemory implements AutoCloseable {
  private final long slabBytes;
  private final BooleanSupplier mayHaveMore;
  private final List<Slab> slabs = new ArrayList<>();
  private Slab growing;
  private volatile long readyBytes;

  /** None at all. */
  PreparedMemory() {
    this(0, () -> false);
  }

  /**
   * Nothing is ready yet.
   *
   * @param wantedBytes what {@link #prepareSome} makes ready
   * @param mayHaveMore whether the machine has memory to spare, asked before each step
   */
  public PreparedMemory(long wantedBytes, BooleanSupplier mayHaveMore) {
    this.slabBytes = Slab.pages(wantedBytes);
    this.mayHaveMore = mayHaveMore;
  }

  /** Whether nothing will ever be ready; from any thread. */
  boolean isDisabled() {
    return slabBytes == 0;
  }

  /** Bytes that are ready and that nobody has; from any thread. */
  long readyBytes() {
    return readyBytes;
  }

  /**
   * Makes some more ready, until at least half of what is wanted is ready in one piece.
   *
   * @param mostBytes as much may be ready in all
   * @return whether there may be more to do
   */
  boolean prepareSome(long mostBytes) {
    if (readyBytes + Slab.STEP_BYTES > mostBytes || !mayHaveMore.getAsBoolean()) {
      return false;
    }
    if (growing == null) {
      if (slabs.stream().anyMatch(slab -> slab.longestReady() >= slabBytes / 2)) {
        return false;
      }
      growing = slabs.stream().filter(Slab::isUnprepared).findFirst().orElseGet(this::newSlab);
    }
    growing.prepareSome();
    if (!growing.isUnprepared()) {
      growing = null;
    }
    count();
    return true;
  }

  private Slab newSlab() {
    Slab slab = new Slab(NativeMemory.allocate(slabBytes));
    slabs.add(slab);
    return slab;
  }

  /** Memory that is ready, with any content; null if there isn't so much in one piece. */
  NativeMemory take(long lengthBytes) {
    NativeMemory taken = null;
    for (int i = 0; i < slabs.size() && taken == null; i++) {
      taken = slabs.get(i).take(lengthBytes);
    }
    count();
    return taken;
  }

  /** Takes memory back; does nothing if it came from elsewhere. */
  void giveBack(NativeMemory memory) {
    slabs.stream()
        .filter(slab -> slab.holds(memory))
        .findFirst()
        .ifPresent(slab -> slab.giveBack(memory));
    count();
  }

  /** Gives the system back what is ready beyond so much. */
  void keepReady(long bytes) {
    for (int i = slabs.size() - 1; i >= 0 && readyBytes > bytes; i--) {
      slabs.get(i).discard(readyBytes - bytes);
      count();
    }
  }

  private void count() {
    readyBytes = slabs.stream().mapToLong(Slab::readyBytes).sum();
  }

  /** Releases all of it, what was taken included. */
  @Override
  public void close() {
    slabs.forEach(Slab::close);
    slabs.clear();
    count();
  }
}
