// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who may have how much of a worker's memory: for a scene's buffers, for what its device makes of
 * them, and for results. A scene that nobody has rendered for a while gives way to one that is to
 * come; without such a one, whoever comes waits.
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
    private long workingBytes;
    private long resultBytes;
    private boolean leaving;

    private Room(Tenant tenant) {
      this.tenant = tenant;
    }

    /**
     * Asks for room for a scene that takes the place of this tenant's last one, which stays beside
     * it until {@link #settle}. If there is none now, others may be told to go: ask again.
     *
     * @param bufferBytes its buffers
     * @param deviceBytes what its device will need beside them
     */
    boolean reserve(long bufferBytes, long deviceBytes) {
      long lacking =
          bufferBytes + deviceBytes - (bytes + workingBytes) - (budgetBytes - takenBytes);
      if (lacking > 0) {
        makeRoom(this, lacking);
        return false;
      }
      hold(Math.max(bytes, bufferBytes), Math.max(workingBytes, deviceBytes));
      return true;
    }

    /** The last scene is gone, the new one takes so much. */
    void settle(long bufferBytes, long deviceBytes) {
      hold(bufferBytes, deviceBytes);
    }

    /** What its device needs beside the scene's buffers has changed. */
    void settleDevice(long deviceBytes) {
      if (deviceBytes != workingBytes) {
        hold(bytes, deviceBytes);
      }
    }

    /**
     * Asks for room for a result. Whoever has none gets it in any case: a unit must be able to end.
     */
    boolean reserveResult(long lengthBytes) {
      if (resultBytes > 0 && lengthBytes > budgetBytes - takenBytes) {
        return false;
      }
      holdResults(resultBytes + lengthBytes);
      return true;
    }

    /** The memory of a result was freed. */
    void freeResult(long lengthBytes) {
      holdResults(resultBytes - lengthBytes);
    }

    boolean isEmpty() {
      return bytes + workingBytes == 0;
    }

    /** Its scene is on its way out: that's worth waiting for. */
    void leaves() {
      leaving = true;
    }

    /** The device has forgotten its scene. */
    void free() {
      leaving = false;
      hold(0, 0);
    }

    /** The tenant is gone. */
    void close() {
      free();
      rooms.remove(this);
    }

    private void hold(long newBytes, long newWorkingBytes) {
      takenBytes += newBytes - bytes + newWorkingBytes - workingBytes;
      changeOthers(newWorkingBytes - workingBytes);
      bytes = newBytes;
      workingBytes = newWorkingBytes;
    }

    private void holdResults(long newBytes) {
      takenBytes += newBytes - resultBytes;
      changeOthers(newBytes - resultBytes);
      resultBytes = newBytes;
    }
  }

  private final long budgetBytes;
  private final List<Room> rooms = new ArrayList<>();
  private long takenBytes;
  private volatile long otherBytes;

  MemoryBudget(long budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  /** Bytes taken by others than scenes' buffers; from any thread. */
  long otherBytes() {
    return otherBytes;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by the owner alone
  private void changeOthers(long byBytes) {
    otherBytes += byBytes;
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
        coming += room.bytes + room.workingBytes;
      } else if (room != whose && !room.isEmpty() && room.tenant.idleForNs() >= IDLE_NS) {
        idle.add(room);
        possible += room.bytes + room.workingBytes;
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
      coming += room.bytes + room.workingBytes;
      room.leaving = true;
      room.tenant.evict();
    }
  }
}
