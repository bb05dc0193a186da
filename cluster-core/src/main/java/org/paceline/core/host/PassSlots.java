// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.ArrayList;
import java.util.List;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/**
 * What one worker may write its passes into: one slot for each unit that it holds, from memory that
 * all workers of a session share. A slot is a region of this worker's channel alone for as long as
 * the worker is in use, because to register one costs some transports more than a pass. Once the
 * worker has had no unit for a while, others may have the memory.
 */
final class PassSlots {
  private static final long KEPT_NS = 1_000_000_000;

  /**
   * Memory that the worker may write into.
   *
   * @param region what the channel knows it by; never the same twice
   */
  record Slot(int region, NativeMemory memory) {}

  private final PassMemory memory;
  private final Channel channel;
  private final int most;
  private final List<Slot> free = new ArrayList<>();
  private int taken;
  private int nextRegion;
  private long freeSinceNs;

  /** At most {@code most} slots, none of which is registered. */
  PassSlots(PassMemory memory, Channel channel, int most) {
    this.memory = memory;
    this.channel = channel;
    this.most = most;
  }

  /** Whether the worker may be given another unit. */
  boolean hasRoom() {
    return taken < most;
  }

  /**
   * A slot of at least that size; there must be room.
   *
   * @throws OutOfMemoryError if the system has no memory left
   */
  Slot take(long lengthBytes) {
    for (int i = free.size() - 1; i >= 0; i--) {
      if (free.get(i).memory().lengthBytes() >= lengthBytes) {
        taken++;
        return free.remove(i);
      }
    }
    if (taken + free.size() == most) {
      end(free.remove(0));
    }
    Slot slot = new Slot(nextRegion++, memory.take(lengthBytes));
    channel.register(slot.region(), slot.memory());
    taken++;
    return slot;
  }

  /** The worker will write nothing more there, unless it is told to. */
  void giveBack(Slot slot, long nowNs) {
    taken--;
    free.add(slot);
    freeSinceNs = nowNs;
  }

  /** Lets others have the memory of a worker without units. */
  void poll(long nowNs) {
    if (taken == 0 && !free.isEmpty() && nowNs - freeSinceNs > KEPT_NS) {
      free.forEach(this::end);
      free.clear();
    }
  }

  private void end(Slot slot) {
    channel.unregister(slot.region());
    memory.giveBack(slot.memory());
  }

  /** After the channel has closed: nothing is written any more. */
  void closed(List<HeldUnits.Held> held) {
    free.forEach(slot -> memory.giveBack(slot.memory()));
    free.clear();
    held.forEach(unit -> memory.giveBack(unit.slot().memory()));
    taken = 0;
  }
}
