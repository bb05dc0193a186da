// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Peers that have connected and proved nothing yet. Few are kept: one too many costs the one that
 * has waited longest its place, among those of the address that has the most. So whoever keeps
 * connecting pushes out himself, and not a peer at another address.
 *
 * <p>Belongs to one thread.
 *
 * @param <T> what stands for a peer; compared by identity
 */
public final class Strangers<T> {
  /** How long a handshake may take, in heartbeat timeouts. */
  public static final int PATIENCE = 5;

  private static final int MOST = 256;
  private static final int FEWEST = 16;

  /** Strangers get that part of a process's file descriptors. */
  private static final int DESCRIPTOR_SHARE = 8;

  private record Waiting<T>(String address, T peer) {}

  private final int most;
  private final List<Waiting<T>> waiting = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /** None yet. */
  public Strangers(int most) {
    this.most = most;
  }

  /** As many as this process can afford. */
  public static int affordable() {
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount()
            : MOST * DESCRIPTOR_SHARE;
    return (int) Math.max(FEWEST, Math.min(MOST, descriptors / DESCRIPTOR_SHARE));
  }

  /** How many there are. */
  public int count() {
    return waiting.size();
  }

  /**
   * Adds one.
   *
   * @param from its address and port
   * @return the one that has to go for it, which is no longer held; null if there is room
   */
  public T add(String from, T peer) {
    String address = address(from);
    waiting.add(new Waiting<>(address, peer));
    counts.merge(address, 1, Integer::sum);
    return waiting.size() > most ? evict() : null;
  }

  /** The one that has to go if one must, which is no longer held; null if there is none. */
  public T evict() {
    String crowded = null;
    for (Map.Entry<String, Integer> each : counts.entrySet()) {
      if (crowded == null || each.getValue() > counts.get(crowded)) {
        crowded = each.getKey();
      }
    }
    for (int i = 0; i < waiting.size(); i++) {
      if (waiting.get(i).address().equals(crowded)) {
        return remove(i);
      }
    }
    return null;
  }

  /** It has proved what it is, or is gone; false if it wasn't held. */
  public boolean remove(T peer) {
    for (int i = 0; i < waiting.size(); i++) {
      if (waiting.get(i).peer() == peer) {
        remove(i);
        return true;
      }
    }
    return false;
  }

  private T remove(int index) {
    Waiting<T> removed = waiting.remove(index);
    counts.computeIfPresent(removed.address(), (address, count) -> count > 1 ? count - 1 : null);
    return removed.peer();
  }

  /** Without the port, which is another one for each of an address's connections. */
  private static String address(String peer) {
    int colon = peer.lastIndexOf(':');
    return colon < 0 ? peer : peer.substring(0, colon);
  }
}
