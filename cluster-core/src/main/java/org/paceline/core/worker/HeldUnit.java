// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import org.paceline.api.WorkUnit;

/**
 * A unit that a host has given to this worker.
 *
 * @param id what the host calls it
 * @param unit what to render
 * @param stride floats per pixel
 * @param region the host's region that its pass goes into
 * @param slotOffset where in there
 */
record HeldUnit(long id, WorkUnit unit, int stride, int region, long slotOffset) {
  /** Bytes of its pass. */
  long passBytes() {
    return unit.pixels() * stride * Float.BYTES;
  }
}
