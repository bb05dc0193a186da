// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.paceline.api.transport.Channel;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.WantDecoder;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEntry;

/**
 * Streams one generation to one worker: first the manifest, then the chunks it wants, straight from
 * the scene's memory. Keeps only a little in the channel, so that other messages don't wait behind
 * gigabytes.
 */
final class SceneSender {
  private static final long WINDOW_BYTES = 16L << 20;
  private static final long WRITE_BYTES = 1L << 20;
  private static final int MAX_PENDING_RANGES = 1 << 21;

  private enum Step {
    BEGIN,
    ENTRIES,
    END,
    CHUNKS
  }

  private record Range(int index, int firstChunk, int count) {}

  private final HostScene scene;
  private final ArrayDeque<Range> wanted = new ArrayDeque<>();
  private Step step = Step.BEGIN;
  private int entry;
  private boolean entrySent;
  private int hashesSent;
  private Range unannounced;
  private long lastPosition;
  private long bytesSent;

  SceneSender(HostScene scene) {
    this.scene = scene;
  }

  HostScene scene() {
    return scene;
  }

  /** Channel position up to which memory of the scene is in use. */
  long lastPosition() {
    return lastPosition;
  }

  long bytesSent() {
    return bytesSent;
  }

  /** The worker lacks chunks. */
  void onWant(WantDecoder want) {
    if (want.generation() != scene.generation()) {
      return;
    }
    WantDecoder.RangesDecoder ranges = want.ranges();
    while (ranges.hasNext()) {
      ranges.next();
      int index = (int) inRange("wanted entry", ranges.index(), 0, scene.entries().size() - 1);
      int chunks = scene.entries().get(index).chunks();
      int first = (int) inRange("wanted chunk", ranges.firstChunk(), 0, chunks);
      int count = (int) inRange("wanted chunks", ranges.chunkCount(), 1, chunks - first);
      inRange("wanted ranges", wanted.size(), 0, MAX_PENDING_RANGES);
      wanted.add(new Range(index, first, count));
    }
  }

  /** Sends what the channel takes; returns how much was done. */
  int send(Channel channel, MessageWriter writer) {
    int work = 0;
    if (step == Step.BEGIN
        && writer.sceneBegin(
                channel, scene.generation(), scene.entries().size(), scene.chunkBytes())
            >= 0) {
      step = Step.ENTRIES;
      work++;
    }
    while (step == Step.ENTRIES) {
      if (entry == scene.entries().size()) {
        step = Step.END;
      } else if (sendEntry(channel, writer, scene.entries().get(entry))) {
        work++;
      } else {
        return work;
      }
    }
    if (step == Step.END && writer.sceneEnd(channel, scene.generation()) >= 0) {
      step = Step.CHUNKS;
      work++;
    }
    while (step == Step.CHUNKS && sendChunks(channel, writer)) {
      work++;
    }
    return work;
  }

  private boolean sendEntry(Channel channel, MessageWriter writer, SceneEntry current) {
    if (!entrySent) {
      byte[] name = current.key().name().getBytes(StandardCharsets.UTF_8);
      entrySent =
          writer.sceneEntry(
                  channel,
                  entry,
                  current.kind(),
                  current.content(),
                  current.lengthBytes(),
                  current.changedIn(),
                  name,
                  current.metadata())
              >= 0;
      hashesSent = 0;
      if (!entrySent) {
        return false;
      }
    }
    if (hashesSent < current.chunks()) {
      int count = Math.min(MessageWriter.MAX_HASHES, current.chunks() - hashesSent);
      if (writer.chunkHashes(channel, entry, hashesSent, count, current.hashes()) < 0) {
        return false;
      }
      hashesSent += count;
    }
    if (hashesSent == current.chunks()) {
      entry++;
      entrySent = false;
    }
    return true;
  }

  private boolean sendChunks(Channel channel, MessageWriter writer) {
    if (unannounced != null) {
      if (writer.landed(
              channel,
              scene.generation(),
              unannounced.index(),
              unannounced.firstChunk(),
              unannounced.count())
          < 0) {
        return false;
      }
      unannounced = null;
    }
    Range range = wanted.peek();
    if (range == null || lastPosition - channel.completedPosition() > WINDOW_BYTES) {
      return false;
    }
    SceneEntry current = scene.entries().get(range.index());
    int count = (int) Math.max(1, Math.min(range.count(), WRITE_BYTES / scene.chunkBytes()));
    long offset = (long) range.firstChunk() * scene.chunkBytes();
    long length = Math.min((long) count * scene.chunkBytes(), current.lengthBytes() - offset);
    long position =
        channel.write(range.index(), offset, scene.memories().get(range.index()), offset, length);
    if (position < 0) {
      return false;
    }
    lastPosition = position;
    bytesSent += length;
    unannounced = new Range(range.index(), range.firstChunk(), count);
    wanted.poll();
    if (count < range.count()) {
      wanted.addFirst(new Range(range.index(), range.firstChunk() + count, range.count() - count));
    }
    return true;
  }
}
