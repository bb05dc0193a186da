// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.IbvMr;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.agrona.collections.Int2ObjectHashMap;
import org.paceline.api.NativeMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory that the peer may write into, by region id, and what the peer is still to be told of
 * it.
 *
 * <p>Registering pins memory, which takes long for gigabytes. So a call or poll registers no more
 * than {@link #BUDGET_BYTES}; the peer hears of a region at once and of its keys one by one.
 */
final class LocalRegions {
  private static final long BUDGET_BYTES = Frame.PIECE_BYTES;

  /** Registrations in one call or poll. */
  private static final int BUDGET_PIECES = 64;

  private static final int ACCESS = IbvMr.IBV_ACCESS_LOCAL_WRITE | IbvMr.IBV_ACCESS_REMOTE_WRITE;

  private static final Logger LOG = LoggerFactory.getLogger(LocalRegions.class);

  private static final class Region {
    private final int id;
    private final NativeMemory memory;
    private final List<IbvMr> pieces = new ArrayList<>(1);
    private boolean ended;

    private Region(int id, NativeMemory memory) {
      this.id = id;
      this.memory = memory;
    }

    private boolean isRegistered() {
      return pieces.size() == Frame.pieces(memory.lengthBytes());
    }
  }

  /** Something to tell the peer; false while there is no room. */
  private interface News {
    boolean tell(Outbox outbox);
  }

  private final Int2ObjectHashMap<Region> regions = new Int2ObjectHashMap<>();
  private final Queue<Region> unregistered = new ArrayDeque<>();
  private final Queue<News> news = new ArrayDeque<>();
  private final Queue<Integer> revoked = new ArrayDeque<>();
  private Device device;
  private int obeyed;
  private long budgetBytes;
  private int budgetPieces;

  /** Notes a region; {@link #advance} goes on from there. */
  void register(int regionId, NativeMemory memory) {
    Region region = new Region(regionId, memory);
    if (regions.putIfAbsent(regionId, region) != null) {
      throw new IllegalArgumentException("region " + regionId + " is already registered");
    }
    news.add(outbox -> outbox.announce(regionId, memory.address(), memory.lengthBytes()));
    unregistered.add(region);
  }

  /** When this returns, nothing lands in the region any more. */
  void unregister(int regionId) {
    Region region = regions.remove(regionId);
    if (region != null) {
      end(region);
      revoked.add(regionId);
      news.add(outbox -> outbox.revoke(regionId));
    }
  }

  private static void end(Region region) {
    region.ended = true;
    for (IbvMr piece : region.pieces) {
      try {
        Device.deregister(piece);
      } catch (IOException e) {
        LOG.warn("can't end the registration of region {}: {}", region.id, Verbs.text(e));
      }
    }
  }

  /** Registers with this device from now on. */
  void connected(Device itsDevice) {
    device = itsDevice;
    renewBudget();
  }

  /** Allows for as much registering as one poll may do. */
  void renewBudget() {
    budgetBytes = BUDGET_BYTES;
    budgetPieces = BUDGET_PIECES;
  }

  /**
   * Registers what comes next, within the budget.
   *
   * @return how many registrations
   * @throws IOException if one failed, saying what to do
   */
  int advance() throws IOException {
    int work = 0;
    while (device != null && !unregistered.isEmpty() && budgetBytes > 0 && budgetPieces > 0) {
      Region region = unregistered.peek();
      if (region.ended || region.isRegistered()) {
        unregistered.remove();
      } else {
        registerPiece(region);
        work++;
      }
    }
    return work;
  }

  private void registerPiece(Region region) throws IOException {
    int piece = region.pieces.size();
    long start = piece * Frame.PIECE_BYTES;
    long length = Math.min(Frame.PIECE_BYTES, region.memory.lengthBytes() - start);
    IbvMr registration;
    try {
      registration = device.register(region.memory.address() + start, length, ACCESS);
    } catch (IOException e) {
      throw new IOException("of region " + region.id + ", " + e.getMessage(), e);
    }
    region.pieces.add(registration);
    budgetBytes -= length;
    budgetPieces--;
    int regionId = region.id;
    int key = registration.getRkey();
    news.add(outbox -> outbox.key(regionId, piece, key));
  }

  /** Tells what the peer is to know, as far as there is room; true if that was all. */
  boolean tell(Outbox outbox) {
    while (!news.isEmpty()) {
      if (!news.peek().tell(outbox)) {
        return false;
      }
      news.remove();
    }
    return true;
  }

  /** The peer has obeyed so many revocations in all; what is wrong with that, or null. */
  String onObeyed(int count) {
    if (count < obeyed || count > obeyed + revoked.size()) {
      return "it obeyed " + count + " revocations, of " + (obeyed + revoked.size());
    }
    for (; obeyed < count; obeyed++) {
      revoked.remove();
    }
    return null;
  }

  /** A region that was unregistered and that the peer may still be writing to; null if none. */
  Integer unobeyed() {
    return revoked.peek();
  }

  /** What is wrong with a write of the peer that it could not carry out, for its own reasons. */
  String faultOf(int regionId, long offset, long length) {
    Region region = regions.get(regionId);
    if (region == null) {
      return "it wrote to region " + regionId + ", which is not registered";
    }
    long regionBytes = region.memory.lengthBytes();
    if (offset < 0 || length < 0 || offset > regionBytes - length) {
      return "it wrote outside region "
          + regionId
          + ": offset="
          + offset
          + " length="
          + length
          + " region="
          + regionBytes;
    }
    return "it wrote to region " + regionId + " before it was told of it";
  }

  /** When this returns, nothing lands in any region any more. */
  void close() {
    regions.values().forEach(LocalRegions::end);
    regions.clear();
    unregistered.clear();
    news.clear();
  }
}
