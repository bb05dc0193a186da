// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.IbvMr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registrations of the memory that large writes are sent from, which is the renderer's own.
 *
 * <p>A registration holds on to pages, not to addresses: kept for longer than the memory is
 * promised to stay, it would send what was there before once the renderer has freed the memory and
 * got the same addresses again. So one lives exactly as long as some write from it is on its way,
 * during which the source must stay valid. Writes that follow each other closely, as those of a
 * scene's chunks do, and writes to several peers share it, because it covers a window of {@link
 * #WINDOW_BYTES} of the source and not only what is being written.
 *
 * <p>Thread-safe; all channels of a device share it.
 */
final class SourceMemory {
  /** Large enough to be shared by some writes, small enough to be registered within a poll. */
  static final long WINDOW_BYTES = 16L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SourceMemory.class);

  private final Device device;
  private final List<Window> windows = new ArrayList<>();

  SourceMemory(Device device) {
    this.device = device;
  }

  /** A registered part of somebody's memory, for as long as it is used. */
  static final class Window {
    private final long start;
    private final long end;
    private final IbvMr registration;
    private int uses;

    private Window(long start, long end, IbvMr registration) {
      this.start = start;
      this.end = end;
      this.registration = registration;
    }

    long end() {
      return end;
    }

    int localKey() {
      return registration.getLkey();
    }
  }

  /**
   * A window that covers {@code address}; to be released once.
   *
   * @param sourceStart where the source that the address lies in begins
   * @param sourceEnd where it ends
   * @throws IOException if it can't be registered, saying what to do
   */
  synchronized Window acquire(long address, long sourceStart, long sourceEnd) throws IOException {
    Window window = find(address);
    if (window == null) {
      long aligned = address & -WINDOW_BYTES;
      long start = Math.max(aligned, sourceStart);
      long end = Math.min(aligned + WINDOW_BYTES, sourceEnd);
      window = new Window(start, end, device.register(start, end - start, 0));
      windows.add(window);
    }
    window.uses++;
    return window;
  }

  private Window find(long address) {
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      if (address >= window.start && address < window.end) {
        return window;
      }
    }
    return null;
  }

  /** One use less; the last one ends the registration. */
  synchronized void release(Window window) {
    if (--window.uses == 0) {
      windows.remove(window);
      try {
        Device.deregister(window.registration);
      } catch (IOException e) {
        LOG.warn("can't end a registration of source memory: {}", Verbs.text(e));
      }
    }
  }
}
