// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.util.List;
import org.paceline.api.transport.Channel;
import org.paceline.core.protocol.BroadcastEndDecoder;
import org.paceline.core.protocol.BroadcastLandedDecoder;
import org.paceline.core.protocol.ChunkHashesDecoder;
import org.paceline.core.protocol.DrainedDecoder;
import org.paceline.core.protocol.LandedDecoder;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.ProtocolException;
import org.paceline.core.protocol.SceneBeginDecoder;
import org.paceline.core.protocol.SceneEndDecoder;
import org.paceline.core.protocol.SceneEntryDecoder;
import org.paceline.core.scene.Manifest;
import org.paceline.core.scene.ManifestAssembler;
import org.paceline.core.scene.SceneEntry;
import org.paceline.core.scene.SceneTooLargeException;
import org.paceline.core.scene.StoredBuffer;

/**
 * Brings a host's scene to its device: takes the manifest, waits for room, asks for what is
 * missing, checks what comes, and has the device load it. A scene that had to go for another host's
 * comes back when it is needed.
 */
final class SceneLoader {
  private static final int MAX_DAMAGED_CHUNKS = 16;

  private enum State {
    EMPTY,
    PREPARING,
    LOADING,
    DRAINING,
    COMMITTING,
    READY,
    EVICTED
  }

  private final Channel channel;
  private final MessageWriter writer;
  private final Seats seats;
  private final Seats.Seat seat;
  private final long memoryBytes;
  private final WantList wants;
  private State state = State.EMPTY;
  private ManifestAssembler assembler;
  private Manifest announced;

  /** What the device will need for the manifest that came last. */
  private long deviceBytes;

  private boolean awaitsRoom;
  private Manifest manifest;
  private boolean wasEvicted;
  private int registeredRegions;
  private long registeredGeneration;
  private int damagedChunks;
  private long nowNs;
  private String failure = "";
  private long failedGeneration;
  private boolean manifestRefused;
  private boolean readyDue;
  private boolean chunksMayComeTwice;
  private boolean completeDue;

  /**
   * Without a scene.
   *
   * @param memoryBytes the most a scene may take
   */
  SceneLoader(
      Channel channel, MessageWriter writer, Seats seats, Seats.Seat seat, long memoryBytes) {
    this.channel = channel;
    this.writer = writer;
    this.seats = seats;
    this.seat = seat;
    this.memoryBytes = memoryBytes;
    wants = new WantList(channel, writer);
  }

  /** Whether the device can render that generation. */
  boolean isReady(long generation) {
    return state == State.READY && generation == manifest.generation();
  }

  /** Whether the device can render. */
  boolean isReady() {
    return state == State.READY;
  }

  /** Whether the device could render that generation, had its memory not gone to others. */
  boolean isEvicted(long generation) {
    return wasEvicted && state != State.READY && generation == manifest.generation();
  }

  /** Whether a scene has come that there is no room for now. */
  boolean awaitsRoom() {
    return awaitsRoom;
  }

  /** Others need the memory. */
  void evict() {
    state = State.EVICTED;
    wasEvicted = true;
    seat.forget(seat.room()::free);
  }

  /** The scene that was evicted is needed. */
  void restore() {
    if (state == State.EVICTED) {
      announced = manifest;
    }
  }

  /** After the channel closed: nothing more comes. */
  void end() {}

  /** Goes on, and sends what the channel takes; returns how much was done. */
  int poll(long now) {
    nowNs = now;
    startPreparing();
    if (state == State.LOADING && wants.hasStalled(now)) {
      chunksMayComeTwice = true;
      seat.scene().store().doubt();
      wantMissing();
    }
    int work = wants.send();
    if (completeDue && writer.complete(channel, manifest.generation()) >= 0) {
      completeDue = false;
      work++;
    }
    if (readyDue && writer.sceneReady(channel, manifest.generation()) >= 0) {
      readyDue = false;
      work++;
    }
    if (!failure.isEmpty() && writer.sceneFailed(channel, failedGeneration, failure) >= 0) {
      failure = "";
      work++;
    }
    return work;
  }

  // ---- receiving

  void onSceneBegin(SceneBeginDecoder message) {
    unregisterRegions();
    state = State.EMPTY;
    wasEvicted = false;
    wants.clear();
    chunksMayComeTwice = message.mayComeTwice() != 0;
    completeDue = false;
    readyDue = false;
    failure = "";
    manifestRefused = false;
    announced = null;
    assembler = new ManifestAssembler(message, memoryBytes);
  }

  void onSceneEntry(SceneEntryDecoder message) {
    requireAssembler("SceneEntry");
    if (!manifestRefused) {
      try {
        assembler.add(message);
      } catch (SceneTooLargeException e) {
        manifestRefused = true;
        failed(e, assembler.generation());
      }
    }
  }

  void onChunkHashes(ChunkHashesDecoder message) {
    requireAssembler("ChunkHashes");
    if (!manifestRefused) {
      assembler.add(message);
    }
  }

  void onSceneEnd(SceneEndDecoder message) {
    requireAssembler("SceneEnd");
    if (!manifestRefused) {
      announced = assembler.finish(message.generation());
      deviceBytes = seats.workingBytes(announced);
    }
    assembler = null;
  }

  private void requireAssembler(String message) {
    if (assembler == null) {
      throw new ProtocolException(message + " without SceneBegin");
    }
  }

  void onLanded(LandedDecoder message) {
    if (!awaitsChunksOf(message.generation())) {
      return;
    }
    int[] damaged = verify(message.index(), message.firstChunk(), message.chunkCount());
    if (damaged.length > 0) {
      damagedChunks += damaged.length / 3;
      if (damagedChunks > MAX_DAMAGED_CHUNKS) {
        channel.close("more than " + MAX_DAMAGED_CHUNKS + " chunks arrived damaged");
        return;
      }
      wants.askAlso(damaged);
    }
    commitWhenComplete();
  }

  /** Checked once all is here, as it may come again until then; what was lost is missing then. */
  void onBroadcastLanded(BroadcastLandedDecoder message) {
    if (!awaitsChunksOf(message.generation())) {
      return;
    }
    if (chunksMayComeTwice) {
      Range range = range(message.index(), message.firstChunk(), message.chunkCount());
      seat.scene().store().believe(range.entry(), range.firstChunk(), range.chunkCount());
    } else {
      verify(message.index(), message.firstChunk(), message.chunkCount());
    }
    commitWhenComplete();
  }

  /** What isn't here was sent before this worker listened: it is time to ask. */
  void onBroadcastEnd(BroadcastEndDecoder message) {
    if (awaitsChunksOf(message.generation())) {
      wantMissing();
    }
  }

  void onDrained(DrainedDecoder message) {
    if (manifest != null
        && message.generation() == manifest.generation()
        && state == State.DRAINING) {
      commit();
    }
  }

  private boolean awaitsChunksOf(long generation) {
    return manifest != null && generation == manifest.generation() && state == State.LOADING;
  }

  /** At once: what has just arrived is still in this core's cache, and the device is idle. */
  private int[] verify(int entry, int firstChunk, int chunkCount) {
    Range range = range(entry, firstChunk, chunkCount);
    return seat.scene().store().verify(range.entry(), range.firstChunk(), range.chunkCount());
  }

  private record Range(int entry, int firstChunk, int chunkCount) {}

  private Range range(int entry, int firstChunk, int chunkCount) {
    List<StoredBuffer> buffers = seat.scene().store().buffers();
    int index = (int) inRange("entry index", entry, 0, buffers.size() - 1);
    int chunks = buffers.get(index).entry().chunks();
    int first = (int) inRange("first chunk", firstChunk, 0, chunks);
    int count = (int) inRange("chunks", chunkCount, 1, chunks - first);
    return new Range(index, first, count);
  }

  // ---- from the manifest to the device

  private void startPreparing() {
    awaitsRoom = false;
    if (announced == null || seat.share().pending() > 0) {
      return;
    }
    if (announced.totalBytes() + deviceBytes > memoryBytes) {
      refuseTooLarge();
      return;
    }
    if (seat.room().reserve(announced.totalBytes(), deviceBytes)) {
      manifest = announced;
      announced = null;
      state = State.PREPARING;
      seat.share().submit(new PrepareTask(manifest));
      return;
    }
    awaitsRoom = true;
    if (!seat.room().isEmpty()) {
      // what this waits for may wait for the room of the last scene, which nobody needs any more
      seat.forget(seat.room()::free);
    }
  }

  private void refuseTooLarge() {
    Manifest tooLarge = announced;
    announced = null;
    failed(
        new SceneTooLargeException(
            "the scene needs "
                + (tooLarge.totalBytes() >> 20)
                + " MiB and about "
                + (deviceBytes >> 20)
                + " MiB for its BVH, this worker has "
                + (memoryBytes >> 20)
                + " MiB for scenes; raise worker --memory (worker-memory in its configuration)"),
        tooLarge.generation());
  }

  private boolean isCurrent(Manifest other) {
    return manifest.generation() == other.generation()
        && announced == null
        && assembler == null
        && !channel.isClosed();
  }

  private void failed(Throwable cause, long generation) {
    state = State.EMPTY;
    wasEvicted = false;
    failedGeneration = generation;
    failure = cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private void wantMissing() {
    wants.ask(manifest.generation(), seat.scene().store().missing(), nowNs);
  }

  private void unregisterRegions() {
    while (registeredRegions > 0) {
      channel.unregister(SceneEntry.regionId(registeredGeneration, --registeredRegions));
    }
  }

  private void receiveMissing() {
    if (chunksMayComeTwice) {
      seat.scene().store().doubt();
    }
    registeredGeneration = manifest.generation();
    for (StoredBuffer buffer : seat.scene().store().buffers()) {
      channel.register(
          SceneEntry.regionId(registeredGeneration, registeredRegions++), buffer.memory());
    }
    state = State.LOADING;
    wantMissing();
    commitWhenComplete();
  }

  private void commitWhenComplete() {
    if (!seat.scene().store().isComplete()) {
      return;
    }
    wants.clear();
    if (chunksMayComeTwice) {
      // a write that is still on its way would meet a region that is gone, and end the channel
      state = State.DRAINING;
      completeDue = true;
    } else {
      commit();
    }
  }

  private void commit() {
    state = State.COMMITTING;
    // what the device has checked must not change under it
    unregisterRegions();
    seat.share().submit(new LoadTask(manifest, chunksMayComeTwice));
  }

  private final class PrepareTask extends DeviceTask {
    private final Manifest wantedManifest;
    private final long wantedDeviceBytes;

    PrepareTask(Manifest wantedManifest) {
      super(seat.scene());
      this.wantedManifest = wantedManifest;
      wantedDeviceBytes = deviceBytes;
    }

    @Override
    void execute() {
      try {
        seat.scene().prepare(wantedManifest);
      } catch (RuntimeException | OutOfMemoryError e) {
        seat.scene().forget();
        throw e;
      }
    }

    @Override
    void completed() {
      boolean prepared = failure() == null;
      seat.room()
          .settle(prepared ? wantedManifest.totalBytes() : 0, prepared ? wantedDeviceBytes : 0);
      if (!isCurrent(wantedManifest)) {
        return;
      }
      if (failure() != null) {
        failed(failure(), wantedManifest.generation());
        return;
      }
      receiveMissing();
    }
  }

  private final class LoadTask extends DeviceTask {
    private final Manifest completeManifest;
    private final boolean verify;
    private boolean damaged;
    private long heldBytes;

    LoadTask(Manifest completeManifest, boolean verify) {
      super(seat.scene());
      this.completeManifest = completeManifest;
      this.verify = verify;
    }

    @Override
    void execute() {
      damaged = verify && !seat.scene().store().verifyAgain();
      if (!damaged) {
        seat.scene().load(completeManifest, memoryBytes - completeManifest.totalBytes());
      }
      heldBytes = device().heldBytes();
    }

    @Override
    void completed() {
      if (failure() == null) {
        // an estimate until now
        seat.room().settleDevice(heldBytes);
      }
      if (!isCurrent(completeManifest)) {
        return;
      }
      if (failure() != null) {
        failed(failure(), completeManifest.generation());
        return;
      }
      if (damaged) {
        receiveMissing();
        return;
      }
      state = State.READY;
      // the host needn't know that it was gone for a while
      damagedChunks = 0;
      readyDue = !wasEvicted;
      wasEvicted = false;
    }
  }
}
