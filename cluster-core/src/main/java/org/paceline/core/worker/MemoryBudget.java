// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who may have how much of a worker's memory for a scene. A scene that nobody has rendered for a
 * while gives way to one that is to come; without such a one, whoever comes waits.
 *
 * <p>Belongs to the sessions' owner. What it promises holds on the device's side as well: room is
 * given back after the device let go of it.
 */
final class MemoryBudget {
  /** Shorter pauses are those between two passes or two edits. */
  private static final long IDLE_NS = 1_000_000_000;

  /** Who has a scene here. */
  interface Tenant {
    /** For how long its scene has been complete and not rendered; 0 if it is in use. */
    long idleForNs();

    /** Its scene has to go; its room is free once the device has forgotten it. */
    void evict();
  }

  /** What one tenant has. */
  final class Room {
    private final Tenant tenant;
    private long bytes;
    private boolean leaving;

    private Room(Tenant tenant) {
      this.tenant = tenant;
    }

    /**
     * Asks for room for a scene that takes the place of this tenant's last one, which stays beside
     * it until {@link #settle}. If there is none now, others may be told to go: ask again.
     */
    boolean reserve(long wantedBytes) {
      long lacking = wantedBytes - bytes - (budgetBytes - takenBytes);
      if (lacking > 0) {
        makeRoom(this, lacking);
        return false;
      }
      hold(Math.max(bytes, wantedBytes));
      return true;
    }

    /** The last scene is gone, the new one takes so much. */
    void settle(long usedBytes) {
      hold(usedBytes);
    }

    boolean isEmpty() {
      return bytes == 0;
    }

    /** Its scene is on its way out: that's worth waiting for. */
    void leaves() {
      leaving = true;
    }

    /** The device has forgotten its scene. */
    void free() {
      leaving = false;
      hold(0);
    }

    /** The tenant is gone. */
    void close() {
      free();
      rooms.remove(this);
    }

    private void hold(long newBytes) {
      takenBytes += newBytes - bytes;
      bytes = newBytes;
    }
  }

  private final long budgetBytes;
  private final List<Room> rooms = new ArrayList<>();
  private long takenBytes;

  MemoryBudget(long budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  /** An empty room. */
  Room open(Tenant tenant) {
    Room room = new Room(tenant);
    rooms.add(room);
    return room;
  }

  /** Tells those to go that were idle longest, but only if that is enough. */
  private void makeRoom(Room whose, long lackingBytes) {
    long coming = 0;
    long possible = 0;
    List<Room> idle = new ArrayList<>();
    for (Room room : rooms) {
      if (room.leaving) {
        coming += room.bytes;
      } else if (room != whose && !room.isEmpty() && room.tenant.idleForNs() >= IDLE_NS) {
        idle.add(room);
        possible += room.bytes;
      }
    }
    if (coming >= lackingBytes || coming + possible < lackingBytes) {
      return;
    }
    idle.sort(Comparator.comparingLong((Room room) -> room.tenant.idleForNs()).reversed());
    for (Room room : idle) {
      if (coming >= lackingBytes) {
        return;
      }
      coming += room.bytes;
      room.leaving = true;
      room.tenant.evict();
    }
  }
}
