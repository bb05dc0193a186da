// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.BitSet;
import java.util.List;
import org.paceline.api.transport.Broadcast;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.scene.HostScene;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends once what several workers want: while two or more load the scene, what those want whom the
 * broadcast reaches is taken off their channels' lists. Who misses it asks again, so nothing here
 * waits for anybody: the first to listen is served at once, and what a latecomer missed goes out
 * again.
 */
final class SceneBroadcaster implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(SceneBroadcaster.class);

  private final Broadcast broadcast;
  private final MessageWriter writer = new MessageWriter();
  private final BitSet shared = new BitSet();
  private HostScene scene;
  private ChunkStream chunks;
  private boolean endDue;
  private long oldScenesPosition;

  SceneBroadcaster(Broadcast broadcast) {
    this.broadcast = broadcast;
  }

  /** A new generation is to be sent; what was left of the last one is wanted by nobody. */
  void scene(HostScene next) {
    if (chunks != null) {
      oldScenesPosition = Math.max(oldScenesPosition, chunks.lastPosition());
    }
    scene = next;
    chunks = new ChunkStream(next, writer::broadcastLanded);
    endDue = false;
  }

  /** Whether memory of scenes before the last one is still being sent from. */
  boolean usesOlderScenes() {
    return oldScenesPosition > broadcast.completedPosition();
  }

  /** Takes over what several want, and sends; returns how much was done. */
  int poll(List<WorkerLink> links) {
    int work = broadcast.poll();
    if (chunks == null) {
      invite(links);
      return work;
    }
    gather(links);
    work += chunks.send(broadcast);
    if (endDue && chunks.isIdle() && writer.broadcastEnd(broadcast, scene.generation()) >= 0) {
      LOGGER.info(
          "{} MiB of the scene went to {} once for all who want them",
          chunks.bytesSent() >> 20,
          broadcast.group());
      endDue = false;
      work++;
    }
    return work;
  }

  /** Until there is a scene: to join takes longer than to send what is small. */
  private void invite(List<WorkerLink> links) {
    for (int i = 0; i < links.size(); i++) {
      links.get(i).listensTo(broadcast);
    }
  }

  private void gather(List<WorkerLink> links) {
    shared.clear();
    boolean reachesAny = false;
    int loading = 0;
    for (int i = 0; i < links.size(); i++) {
      WorkerLink link = links.get(i);
      if (link.isLoading()) {
        loading++;
      }
      if (link.listensTo(broadcast)) {
        reachesAny = true;
        shared.or(link.wantedChunks(scene));
      }
    }
    if (!reachesAny) {
      // whoever waits for these will ask again
      chunks.wanted().clear();
      return;
    }
    if (loading < 2) {
      shared.clear();
    }
    shared.or(chunks.wanted());
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i).listensTo(broadcast)) {
        links.get(i).wantedChunks(scene).andNot(shared);
      }
    }
    endDue |= !shared.isEmpty();
    chunks.wanted().or(shared);
  }

  @Override
  public void close() {
    broadcast.close();
  }
}
