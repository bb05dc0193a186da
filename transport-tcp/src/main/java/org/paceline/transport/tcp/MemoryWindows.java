// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.paceline.api.transport.TransportException;

/**
 * Direct byte buffers over raw addresses, without allocating one for each use.
 *
 * <p>The address space is cut into aligned windows of 1 GiB and each window gets one buffer when it
 * is first needed. A window promises nothing about the memory in it and stays right whatever is
 * freed or allocated there; the caller vouches for the range that it asks for. A buffer has one
 * position and limit, so two ranges that are in use at the same time need two {@code
 * MemoryWindows}.
 */
final class MemoryWindows {
  private static final long WINDOW_BYTES = 1L << 30;

  /** Null if they can be had. */
  private static final String PROBLEM = problem();

  private final Long2ObjectHashMap<ByteBuffer> windows = new Long2ObjectHashMap<>();
  private long lastBase = -1;
  private ByteBuffer last;

  /**
   * Checks that they can be had.
   *
   * @throws TransportException if JNA's native library can't be loaded, saying what to do
   */
  static void require() {
    if (PROBLEM != null) {
      throw new TransportException(PROBLEM);
    }
  }

  private static String problem() {
    try {
      return Native.POINTER_SIZE > 0 ? null : "";
    } catch (LinkageError e) {
      Throwable first = e.getCause() == null ? e : e.getCause();
      return "JNA can't load its native library, which it unpacks into its directory for temporary"
          + " files; start Java with -Djna.tmpdir=DIRECTORY, one that can be written to and isn't"
          + " mounted noexec ("
          + first.getMessage()
          + ")";
    }
  }

  /**
   * A buffer whose remaining bytes are memory from {@code address} on: {@code maxBytes} of it, or
   * less where a window ends; at least one if {@code maxBytes} is positive. Valid until the next
   * call.
   */
  ByteBuffer view(long address, long maxBytes) {
    long base = address & -WINDOW_BYTES;
    if (base != lastBase) {
      last = window(base);
      lastBase = base;
    }
    long start = address - base;
    last.limit((int) Math.min(WINDOW_BYTES, start + maxBytes)).position((int) start);
    return last;
  }

  private ByteBuffer window(long base) {
    ByteBuffer window = windows.get(base);
    if (window == null) {
      window = new Pointer(base).getByteBuffer(0, WINDOW_BYTES);
      windows.put(base, window);
    }
    return window;
  }
}
