// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import org.agrona.UnsafeApi;

/**
 * Memory that was asked of the system, and whether it was given back: what a {@link NativeMemory}
 * and all views on it share.
 *
 * <p>Between a check that memory is open and the access that follows, another thread may close it.
 * Memory that is used by several threads therefore keeps its addresses until no object refers to
 * them, and gives back only the pages behind them at once: a late access finds zeros, and the check
 * after it throws.
 */
final class Allocation {
  /** Of memory that somebody else owns; never closed here. */
  static final Allocation BORROWED = new Allocation(0, 0, 0, false);

  private static final VarHandle CLOSED;

  static {
    try {
      CLOSED = MethodHandles.lookup().findVarHandle(Allocation.class, "closed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long base;
  private final long address;
  private final long lengthBytes;
  private final boolean shared;

  @SuppressWarnings("UnusedVariable") // through its handle
  private boolean closed;

  private Allocation(long base, long address, long lengthBytes, boolean shared) {
    this.base = base;
    this.address = address;
    this.lengthBytes = lengthBytes;
    this.shared = shared;
  }

  /**
   * Asks the system for memory.
   *
   * @param alignment of its first byte, a power of two
   * @param shared whether threads use it beside its closing; whole pages then
   * @throws OutOfMemoryError if there is none left
   */
  static Allocation of(long lengthBytes, long alignment, boolean shared) {
    long base = UnsafeApi.allocateMemory(lengthBytes + alignment);
    long address = (base + alignment - 1) & -alignment;
    return new Allocation(base, address, lengthBytes, shared);
  }

  /** First byte's address. */
  long address() {
    return address;
  }

  boolean isBorrowed() {
    return base == 0;
  }

  /**
   * Before an access.
   *
   * @throws IllegalStateException if it is closed
   */
  void requireOpen() {
    if ((boolean) CLOSED.getOpaque(this)) {
      throw new IllegalStateException(
          "memory of " + lengthBytes + " bytes was used after it was closed");
    }
  }

  /**
   * After an access, whose result counts only if this returns.
   *
   * @throws IllegalStateException if it was closed meanwhile
   */
  void requireStillOpen() {
    try {
      VarHandle.loadLoadFence();
      requireOpen();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Gives it back; the second time, and for borrowed memory, it does nothing. */
  void close() {
    if (isBorrowed() || !CLOSED.compareAndSet(this, false, true)) {
      return;
    }
    if (shared) {
      HugePages.discardPages(address, lengthBytes);
      Lingering.freeLater(this, base);
    } else {
      UnsafeApi.freeMemory(base);
    }
  }

  /** Frees addresses that nobody can use any more. */
  private static final class Lingering {
    private static final Cleaner CLEANER = Cleaner.create();

    static void freeLater(Allocation unreachable, long base) {
      CLEANER.register(unreachable, () -> UnsafeApi.freeMemory(base));
    }
  }
}
