// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import org.paceline.api.device.RenderDevice;
import org.paceline.core.scene.SceneCache;

/**
 * Makes memory ready for the next scene while a worker has no host, step by step on the lane.
 *
 * <p>Belongs to the sessions' owner.
 */
final class MemoryPreparation {
  /** A host that comes right after the start, or back, finds the machine all its own. */
  private static final long UNDISTURBED_NS = 2_000_000_000;

  private final SceneCache cache;
  private final RenderDevice device;
  private final FairLane.Share share;
  private boolean waiting;
  private long waitsSinceNs;
  private boolean done;

  MemoryPreparation(SceneCache cache, RenderDevice device, FairLane.Share share) {
    this.cache = cache;
    this.device = device;
    this.share = share;
  }

  /** There is a host. */
  void pause() {
    waiting = false;
    done = false;
  }

  /** There is none; returns how much was done. */
  int poll(long nowNs) {
    if (!waiting) {
      waiting = true;
      waitsSinceNs = nowNs;
    }
    if (done
        || cache.preparesNothing()
        || share.pending() > 0
        || nowNs - waitsSinceNs < UNDISTURBED_NS) {
      return 0;
    }
    share.submit(new Step());
    return 1;
  }

  private final class Step extends DeviceTask {
    private boolean more;

    Step() {
      super(device);
    }

    @Override
    void execute() {
      more = cache.prepareSome();
    }

    @Override
    void completed() {
      done = !more;
    }
  }
}
