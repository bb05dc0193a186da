// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.BitSet;
import org.paceline.api.transport.Outbound;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEntry;

/**
 * Writes a set of a scene's chunks into regions, straight from the scene's memory, and announces
 * each write after it. Keeps only a little under way, so that other messages don't wait behind
 * gigabytes.
 */
final class ChunkStream {
  /** Says that chunks of an entry were written; returns what the offer did. */
  interface Announcement {
    long offer(Outbound out, long generation, int index, int firstChunk, int chunkCount);
  }

  private static final long WINDOW_BYTES = 2L << 20;
  private static final long WRITE_BYTES = 1L << 20;

  private final HostScene scene;
  private final Announcement announcement;
  private final BitSet wanted = new BitSet();
  private int unannouncedEntry;
  private int unannouncedChunk;
  private int unannouncedCount;
  private long lastPosition;
  private long bytesSent;

  ChunkStream(HostScene scene, Announcement announcement) {
    this.scene = scene;
    this.announcement = announcement;
  }

  /** Chunks still to be written, by number; add to it and take from it at will. */
  BitSet wanted() {
    return wanted;
  }

  /** Send position up to which memory of the scene is in use. */
  long lastPosition() {
    return lastPosition;
  }

  long bytesSent() {
    return bytesSent;
  }

  /** Whether all that was wanted is written and announced. */
  boolean isIdle() {
    return wanted.isEmpty() && unannouncedCount == 0;
  }

  /** Sends what {@code out} takes; returns how much was done. */
  int send(Outbound out) {
    int work = 0;
    while (announce(out) && writeNext(out)) {
      work++;
    }
    return work;
  }

  private boolean announce(Outbound out) {
    if (unannouncedCount > 0
        && announcement.offer(
                out, scene.generation(), unannouncedEntry, unannouncedChunk, unannouncedCount)
            < 0) {
      return false;
    }
    unannouncedCount = 0;
    return true;
  }

  private boolean writeNext(Outbound out) {
    int first = wanted.nextSetBit(0);
    if (first < 0 || lastPosition - out.completedPosition() > WINDOW_BYTES) {
      return false;
    }
    int index = scene.entryOf(first);
    SceneEntry entry = scene.entries().get(index);
    int end = Math.min(wanted.nextClearBit(first), scene.firstChunk(index + 1));
    int count = (int) Math.max(1, Math.min(end - first, WRITE_BYTES / scene.chunkBytes()));
    int firstOfEntry = first - scene.firstChunk(index);
    long offset = (long) firstOfEntry * scene.chunkBytes();
    long length = Math.min((long) count * scene.chunkBytes(), entry.lengthBytes() - offset);
    int regionId = SceneEntry.regionId(scene.generation(), index);
    long position = out.write(regionId, offset, scene.memory(index), offset, length);
    if (position < 0) {
      return false;
    }
    lastPosition = position;
    bytesSent += length;
    wanted.clear(first, first + count);
    unannouncedEntry = index;
    unannouncedChunk = firstOfEntry;
    unannouncedCount = count;
    return true;
  }
}
