// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.nio.charset.StandardCharsets;
import org.paceline.api.transport.Channel;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.WantDecoder;
import org.paceline.core.scene.HostScene;
import org.paceline.core.scene.SceneEntry;

/** Streams one generation to one worker: first the manifest, then the chunks it wants. */
final class SceneSender {
  private enum Step {
    BEGIN,
    ENTRIES,
    END,
    CHUNKS
  }

  private final HostScene scene;
  private final boolean mayComeTwice;
  private final MessageWriter writer;
  private final ChunkStream chunks;
  private Step step = Step.BEGIN;
  private int entry;
  private boolean entrySent;
  private int hashesSent;
  private boolean drainedDue;

  SceneSender(HostScene scene, boolean mayComeTwice, MessageWriter writer) {
    this.scene = scene;
    this.mayComeTwice = mayComeTwice;
    this.writer = writer;
    chunks = new ChunkStream(scene, writer::landed);
  }

  HostScene scene() {
    return scene;
  }

  /** What the worker lacks, and how it is sent. */
  ChunkStream chunks() {
    return chunks;
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
      int held = scene.entries().get(index).chunks();
      int first = (int) inRange("wanted chunk", ranges.firstChunk(), 0, held);
      int count = (int) inRange("wanted chunks", ranges.chunkCount(), 1, held - first);
      int number = scene.firstChunk(index) + first;
      chunks.wanted().set(number, number + count);
    }
  }

  /** The worker lacks nothing any more, and wants to know when nothing more is on its way. */
  void onComplete(long generation) {
    if (generation == scene.generation()) {
      chunks.wanted().clear();
      drainedDue = true;
    }
  }

  /** Sends what the channel takes of the manifest; returns how much was done. */
  int sendManifest(Channel channel) {
    int work = 0;
    if (step == Step.BEGIN
        && writer.sceneBegin(
                channel,
                scene.generation(),
                scene.entries().size(),
                scene.chunkBytes(),
                mayComeTwice)
            >= 0) {
      step = Step.ENTRIES;
      work++;
    }
    while (step == Step.ENTRIES) {
      if (entry == scene.entries().size()) {
        step = Step.END;
      } else if (sendEntry(channel, scene.entries().get(entry))) {
        work++;
      } else {
        return work;
      }
    }
    if (step == Step.END && writer.sceneEnd(channel, scene.generation()) >= 0) {
      step = Step.CHUNKS;
      work++;
    }
    if (drainedDue && writer.drained(channel, scene.generation()) >= 0) {
      drainedDue = false;
      work++;
    }
    return work;
  }

  private boolean sendEntry(Channel channel, SceneEntry current) {
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
}
