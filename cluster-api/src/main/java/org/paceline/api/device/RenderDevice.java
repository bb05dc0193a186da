// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.device;

import java.util.List;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;

/**
 * A renderer's device on a worker, driven with the calls of Cycles' {@code Device}.
 *
 * <p>For each generation the worker calls {@link #free} for what went, {@link #copyTo} for what
 * came or changed, then {@link #buildBvh} and {@link #constCopyTo} for what the host called again,
 * then {@link #commit}; after that {@link #render} any number of times. All calls come from one
 * thread, except {@link #cancel}, which may come from any. Bytes come from another machine: check
 * what would harm the process before using it.
 *
 * <p>Any call may throw {@link DeviceException}; the worker then reports the text to the host and
 * the device must stay usable for another scene after {@link #reset}.
 */
public interface RenderDevice extends AutoCloseable {
  /** What this device is; equal on host and worker. */
  DeviceIdentity identity();

  /** One line for people: model, kernel level, threads. */
  String description();

  /**
   * The instruction sets that it renders with, for example {@code avx2}; empty if there is no
   * choice of them. Only devices that say the same render the same bits.
   */
  default String kernels() {
    return "";
  }

  /**
   * Throws {@link DeviceException} if the device can't take such a buffer, before its content has
   * come; {@link #copyTo} checks again.
   */
  default void check(BufferSpec spec) {
    // whatever comes is checked later
  }

  /**
   * About how many bytes the device needs beside the regions for a scene of such buffers: its
   * acceleration structures, at the height of their being built. From any thread, also after {@link
   * #close}.
   */
  default long workingBytes(List<BufferSpec> buffers) {
    return 0;
  }

  /** Bytes that the device holds beside the regions. */
  default long heldBytes() {
    return 0;
  }

  /** The most that {@link #heldBytes} may become; a call that would need more throws. */
  default void limitBytes(long most) {
    // not every device can tell
  }

  /**
   * A buffer's content is in {@code region}, which is valid until {@link #free} of its name, the
   * next {@link #copyTo} of it, {@link #reset} or {@link #close}; kernels may read it in place.
   */
  void copyTo(BufferSpec spec, NativeMemory region);

  /** The named buffer goes; its region is not touched after this returns. */
  void free(String name);

  /** A named constant; {@code value} is valid during the call only. */
  void constCopyTo(String name, NativeMemory value);

  /** Builds the acceleration structure; {@code description} is valid during the call only. */
  void buildBvh(String name, NativeMemory description);

  /** Everything of a generation has been given: make it ready to render. */
  void commit();

  /**
   * Renders one unit from zero: afterwards {@code pass} holds the sums over the unit's samples,
   * laid out as {@code FilmLayout} says, {@code unit.pixels() * stride} floats.
   *
   * @param stride floats per pixel the host expects; a device that renders another number throws
   * @return false if {@link #cancel} cut it short and {@code pass} holds nothing of use
   */
  boolean render(WorkUnit unit, int stride, NativeMemory pass);

  /**
   * Makes a running {@link #render} return soon (within a sample of a pixel or tile); without one
   * running it does nothing.
   */
  void cancel();

  /** Forgets the scene; regions are not touched after this returns. */
  void reset();

  /** Releases everything. */
  @Override
  void close();
}
