// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.util.List;
import org.agrona.DirectBuffer;
import org.paceline.api.FilmLayout;
import org.paceline.api.RenderRequest;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;
import org.paceline.api.transport.TransportException;
import org.paceline.core.Liveness;
import org.paceline.core.protocol.AttachDecoder;
import org.paceline.core.protocol.BroadcastEndDecoder;
import org.paceline.core.protocol.BroadcastLandedDecoder;
import org.paceline.core.protocol.CancelUnitsDecoder;
import org.paceline.core.protocol.ChunkHashesDecoder;
import org.paceline.core.protocol.DrainedDecoder;
import org.paceline.core.protocol.HeartbeatDecoder;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.protocol.LandedDecoder;
import org.paceline.core.protocol.ListenDecoder;
import org.paceline.core.protocol.MessageReader;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.PassStatus;
import org.paceline.core.protocol.ProtocolException;
import org.paceline.core.protocol.RejectCode;
import org.paceline.core.protocol.RenderDecoder;
import org.paceline.core.protocol.SceneBeginDecoder;
import org.paceline.core.protocol.SceneEndDecoder;
import org.paceline.core.protocol.SceneEntryDecoder;
import org.paceline.core.scene.Manifest;
import org.paceline.core.scene.ManifestAssembler;
import org.paceline.core.scene.SceneEntry;
import org.paceline.core.scene.SceneTooLargeException;
import org.paceline.core.scene.StoredBuffer;

/**
 * A worker's side of one session: a state machine that sees messages, a clock and completions of
 * device tasks, and nothing else. One thread drives it with {@link #poll}.
 */
final class WorkerSession {
  /** Largest pass a host may ask for. */
  static final long MAX_PASS_BYTES = 64L << 20;

  private static final int MAX_UNITS = 64;
  private static final int MAX_DAMAGED_CHUNKS = 16;
  private static final int MESSAGES_PER_POLL = 16;

  /** Decides whether a host may have this worker. */
  interface Admission {
    /** Whether this session may become the active one. */
    boolean admit(WorkerSession session);
  }

  /** Opens the listeners that hosts ask for. */
  interface Doors {
    /**
     * Listens for a scheme, or has done so for long.
     *
     * @return the port
     * @throws TransportException if it can't be had
     */
    int open(String scheme);
  }

  private enum State {
    AWAITING_ATTACH,
    ATTACHED,
    PREPARING,
    LOADING,
    DRAINING,
    COMMITTING,
    READY
  }

  private final Channel channel;
  private final WorkerSettings settings;
  private final DeviceIdentity identity;
  private final DeviceLane lane;
  private final DeviceScene scene;
  private final Admission admission;
  private final Doors doors;
  private final MessageHandler handler = this::onMessage;
  private final MessageReader reader = new MessageReader();
  private final MessageWriter writer = new MessageWriter();
  private final PassSender passes;
  private final WantList wants;
  private final byte[] nonce = KeyProof.nonce();

  private final AttachDecoder attach = new AttachDecoder();
  private final ListenDecoder listen = new ListenDecoder();
  private final SceneBeginDecoder sceneBegin = new SceneBeginDecoder();
  private final SceneEntryDecoder sceneEntry = new SceneEntryDecoder();
  private final ChunkHashesDecoder chunkHashes = new ChunkHashesDecoder();
  private final SceneEndDecoder sceneEnd = new SceneEndDecoder();
  private final LandedDecoder landed = new LandedDecoder();
  private final BroadcastLandedDecoder broadcastLanded = new BroadcastLandedDecoder();
  private final BroadcastEndDecoder broadcastEnd = new BroadcastEndDecoder();
  private final DrainedDecoder drained = new DrainedDecoder();
  private final RenderDecoder render = new RenderDecoder();
  private final HeartbeatDecoder heartbeat = new HeartbeatDecoder();

  private State state = State.AWAITING_ATTACH;
  private Liveness liveness;
  private boolean challenged;
  private boolean hasListened;
  private boolean firstScene = true;
  private ManifestAssembler assembler;
  private Manifest announced;
  private Manifest manifest;
  private int registeredRegions;
  private long registeredGeneration;
  private int damagedChunks;
  private int units;
  private long unitSequence;
  private volatile long cancelledThrough;
  private long nowNs;
  private String sceneFailure = "";
  private long failedGeneration;
  private boolean manifestRefused;
  private boolean sceneReadyDue;
  private boolean chunksMayComeTwice;
  private boolean completeDue;
  private boolean leavingDue;

  WorkerSession(
      Channel channel,
      WorkerSettings settings,
      DeviceIdentity identity,
      DeviceLane lane,
      DeviceScene scene,
      Admission admission,
      Doors doors,
      long nowNs) {
    this.channel = channel;
    passes = new PassSender(channel, writer);
    wants = new WantList(channel, writer);
    this.settings = settings;
    this.identity = identity;
    this.lane = lane;
    this.scene = scene;
    this.admission = admission;
    this.doors = doors;
    liveness = new Liveness(settings.heartbeatTimeoutNs(), nowNs);
  }

  Channel channel() {
    return channel;
  }

  /** Whether a host has this worker through this session. */
  boolean isAttached() {
    return state != State.AWAITING_ATTACH;
  }

  /** Whether it ended, with nothing of it left on the device. */
  boolean isOver() {
    return channel.isClosed();
  }

  /** Receives, sends, and goes on; returns how much was done. */
  int poll(long now) {
    nowNs = now;
    int work = 0;
    try {
      work += channel.poll(handler, MESSAGES_PER_POLL);
      liveness.observe(channel.receivedBytes(), now);
      if (!channel.isClosed() && channel.isConnected()) {
        work += send();
      }
    } catch (RuntimeException e) {
      channel.close("protocol error: " + e.getMessage());
    } catch (OutOfMemoryError e) {
      channel.close("this worker has no memory left for what the host asks");
    }
    if (liveness.isLost(now)) {
      channel.close(isAttached() ? liveness.lostReason() : "nobody attached in time");
    }
    return work;
  }

  /** Asks the host to let go of this worker; the channel ends when it has. */
  void leave() {
    leavingDue = true;
  }

  /**
   * After the channel closed: stops the device, and frees what the session held once the lane is
   * empty.
   */
  void end() {
    cancelledThrough = Long.MAX_VALUE;
    if (isAttached()) {
      // nobody else's render: a channel that was refused has none on the device
      lane.cancelRender();
    }
    passes.close();
  }

  // ---- sending

  private int send() {
    if (!challenged) {
      String transports = String.join(" ", settings.transports());
      challenged = writer.challenge(channel, nonce, settings.machine(), transports) >= 0;
      return challenged ? 1 : 0;
    }
    int work = 0;
    if (isAttached()) {
      work += liveness.beat(writer, channel, nowNs);
      work += sendSceneReplies();
      if (leavingDue && writer.leaving(channel) >= 0) {
        leavingDue = false;
      }
      int ended = passes.send();
      units -= ended;
      work += ended;
      startPreparing();
      if (state == State.LOADING && wants.hasStalled(nowNs)) {
        chunksMayComeTwice = true;
        wantMissing();
      }
      if (cancelledThrough == unitSequence && units > 0) {
        // a cancel that met the gap between two renders is lost: repeat it until the lane is empty
        lane.cancelRender();
      }
    }
    return work;
  }

  private int sendSceneReplies() {
    int work = wants.send();
    if (completeDue && writer.complete(channel, manifest.generation()) >= 0) {
      completeDue = false;
      work++;
    }
    if (sceneReadyDue && writer.sceneReady(channel, manifest.generation()) >= 0) {
      sceneReadyDue = false;
      work++;
    }
    if (!sceneFailure.isEmpty()
        && writer.sceneFailed(channel, failedGeneration, sceneFailure) >= 0) {
      sceneFailure = "";
      work++;
    }
    return work;
  }

  // ---- receiving

  private void onMessage(Channel from, DirectBuffer buffer, int offset, int length) {
    int template = reader.open(buffer, offset, length);
    boolean early = template == AttachDecoder.TEMPLATE_ID || template == ListenDecoder.TEMPLATE_ID;
    if (!isAttached() && !early) {
      throw new ProtocolException("message " + template + " before Attach");
    }
    switch (template) {
      case AttachDecoder.TEMPLATE_ID -> onAttach(reader.decode(attach));
      case ListenDecoder.TEMPLATE_ID -> onListen(reader.decode(listen));
      case SceneBeginDecoder.TEMPLATE_ID -> onSceneBegin(reader.decode(sceneBegin));
      case SceneEntryDecoder.TEMPLATE_ID -> onSceneEntry(reader.decode(sceneEntry));
      case ChunkHashesDecoder.TEMPLATE_ID -> onChunkHashes(reader.decode(chunkHashes));
      case SceneEndDecoder.TEMPLATE_ID -> onSceneEnd(reader.decode(sceneEnd));
      case LandedDecoder.TEMPLATE_ID -> onLanded(reader.decode(landed));
      case BroadcastLandedDecoder.TEMPLATE_ID -> onBroadcastLanded(reader.decode(broadcastLanded));
      case BroadcastEndDecoder.TEMPLATE_ID -> onBroadcastEnd(reader.decode(broadcastEnd));
      case DrainedDecoder.TEMPLATE_ID -> onDrained(reader.decode(drained));
      case RenderDecoder.TEMPLATE_ID -> onRender(reader.decode(render));
      case CancelUnitsDecoder.TEMPLATE_ID -> cancelAll();
      case HeartbeatDecoder.TEMPLATE_ID -> liveness.onHeartbeat(reader.decode(heartbeat), nowNs);
      case MessageReader.UNKNOWN -> {}
      default -> throw new ProtocolException("message " + template + " is not for a worker");
    }
  }

  private void onAttach(AttachDecoder message) {
    if (isAttached()) {
      throw new ProtocolException("Attach comes twice");
    }
    long timeoutMs = inRange("heartbeatTimeoutMs", message.heartbeatTimeoutMs(), 100, 3_600_000);
    byte[] hostNonce = new byte[KeyProof.NONCE_BYTES];
    byte[] proof = new byte[KeyProof.PROOF_BYTES];
    message.getNonce(hostNonce, 0, hostNonce.length);
    message.getProof(proof, 0, proof.length);
    if (!KeyProof.matches(KeyProof.ofHost(settings.key(), nonce, hostNonce), proof)) {
      reject(
          RejectCode.WRONG_KEY,
          "the host's cluster key is not this worker's; give both the same key");
      return;
    }
    String mismatch =
        Compatibility.mismatch(
            new DeviceIdentity(message.renderer(), message.rendererVersion(), message.abi()),
            message.kernels(),
            identity,
            settings.kernels());
    if (!mismatch.isEmpty()) {
      reject(RejectCode.INCOMPATIBLE, mismatch);
    } else if (!admission.admit(this)) {
      reject(RejectCode.BUSY, "it renders for another host");
    } else if (writer.attached(
            channel, KeyProof.ofWorker(settings.key(), nonce, hostNonce), settings.name())
        < 0) {
      channel.close("no room for the first answer");
    } else {
      state = State.ATTACHED;
      liveness = new Liveness(timeoutMs * 1_000_000, nowNs);
    }
  }

  /** Before a host attaches, and so before it proved anything: only schemes of this worker open. */
  private void onListen(ListenDecoder message) {
    if (isAttached() || hasListened) {
      throw new ProtocolException("Listen out of turn");
    }
    hasListened = true;
    int port = 0;
    String reason = "";
    try {
      port = doors.open(message.scheme());
    } catch (TransportException e) {
      reason = e.getMessage();
    }
    if (writer.listening(channel, port, reason) < 0) {
      channel.close("no room for the first answer");
    }
  }

  private void reject(RejectCode code, String reason) {
    writer.rejected(channel, code, reason);
    channel.close("rejected: " + reason);
  }

  private void onSceneBegin(SceneBeginDecoder message) {
    cancelAll();
    unregisterRegions();
    state = State.ATTACHED;
    wants.clear();
    chunksMayComeTwice = message.mayComeTwice() != 0;
    completeDue = false;
    sceneReadyDue = false;
    sceneFailure = "";
    manifestRefused = false;
    announced = null;
    assembler = new ManifestAssembler(message, settings.memoryBytes());
  }

  private void onSceneEntry(SceneEntryDecoder message) {
    if (assembler == null) {
      throw new ProtocolException("SceneEntry without SceneBegin");
    }
    if (!manifestRefused) {
      try {
        assembler.add(message);
      } catch (SceneTooLargeException e) {
        manifestRefused = true;
        sceneFailed(e, assembler.generation());
      }
    }
  }

  private void onChunkHashes(ChunkHashesDecoder message) {
    if (assembler == null) {
      throw new ProtocolException("ChunkHashes without SceneBegin");
    }
    if (!manifestRefused) {
      assembler.add(message);
    }
  }

  private void onSceneEnd(SceneEndDecoder message) {
    if (assembler == null) {
      throw new ProtocolException("SceneEnd without SceneBegin");
    }
    if (!manifestRefused) {
      announced = assembler.finish(message.generation());
    }
    assembler = null;
  }

  private void onLanded(LandedDecoder message) {
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

  /** What isn't here was lost, or sent before this worker listened: its end is time to ask. */
  private void onBroadcastLanded(BroadcastLandedDecoder message) {
    if (awaitsChunksOf(message.generation())) {
      verify(message.index(), message.firstChunk(), message.chunkCount());
      commitWhenComplete();
    }
  }

  private void onBroadcastEnd(BroadcastEndDecoder message) {
    if (awaitsChunksOf(message.generation())) {
      wantMissing();
    }
  }

  private boolean awaitsChunksOf(long generation) {
    return manifest != null && generation == manifest.generation() && state == State.LOADING;
  }

  /** At once: what has just arrived is still in this core's cache, and the device is idle. */
  private int[] verify(int entry, int firstChunk, int chunkCount) {
    List<StoredBuffer> buffers = scene.store().buffers();
    int index = (int) inRange("entry index", entry, 0, buffers.size() - 1);
    int chunks = buffers.get(index).entry().chunks();
    int first = (int) inRange("first chunk", firstChunk, 0, chunks);
    int count = (int) inRange("chunks", chunkCount, 1, chunks - first);
    return scene.store().verify(index, first, count);
  }

  private void onRender(RenderDecoder message) {
    inRange("units held", ++units, 1, MAX_UNITS);
    int width = (int) inRange("width", message.width(), 1, RenderRequest.MAX_SIDE);
    int height = (int) inRange("height", message.height(), 1, RenderRequest.MAX_SIDE);
    int x = (int) inRange("x", message.x(), 0, RenderRequest.MAX_SIDE - width);
    int y = (int) inRange("y", message.y(), 0, RenderRequest.MAX_SIDE - height);
    int count = (int) inRange("samples", message.sampleCount(), 1, RenderRequest.MAX_SAMPLES);
    int first =
        (int) inRange("first sample", message.firstSample(), 0, RenderRequest.MAX_SAMPLES - count);
    int stride = (int) inRange("stride", message.stride(), 1, FilmLayout.MAX_STRIDE);
    long length =
        inRange("pass bytes", (long) width * height * stride * Float.BYTES, 1, MAX_PASS_BYTES);
    WorkUnit unit = new WorkUnit(message.generation(), x, y, width, height, first, count);
    HeldUnit held =
        new HeldUnit(message.unitId(), unit, stride, message.slotOffset(), passes.take(length));
    if (state != State.READY || unit.generation() != manifest.generation()) {
      passes.add(held, 0, PassStatus.CANCELLED, "");
    } else {
      lane.submit(new RenderTask(held, ++unitSequence));
    }
  }

  private void cancelAll() {
    cancelledThrough = unitSequence;
    if (units > 0) {
      lane.cancelRender();
    }
  }

  private void unregisterRegions() {
    while (registeredRegions > 0) {
      channel.unregister(SceneEntry.regionId(registeredGeneration, --registeredRegions));
    }
  }

  // ---- the device

  private void startPreparing() {
    if (announced != null && lane.pending() == 0) {
      manifest = announced;
      announced = null;
      state = State.PREPARING;
      lane.submit(new PrepareTask(manifest, firstScene));
      firstScene = false;
    }
  }

  private boolean isCurrent(Manifest other) {
    return manifest.generation() == other.generation()
        && announced == null
        && assembler == null
        && !channel.isClosed();
  }

  private void sceneFailed(Throwable failure, long generation) {
    state = State.ATTACHED;
    failedGeneration = generation;
    sceneFailure = failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private void wantMissing() {
    wants.ask(manifest.generation(), scene.store().missing(), nowNs);
  }

  private void commitWhenComplete() {
    if (!scene.store().isComplete()) {
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

  private void onDrained(DrainedDecoder message) {
    if (manifest != null
        && message.generation() == manifest.generation()
        && state == State.DRAINING) {
      commit();
    }
  }

  private void receiveMissing() {
    registeredGeneration = manifest.generation();
    for (StoredBuffer buffer : scene.store().buffers()) {
      channel.register(
          SceneEntry.regionId(registeredGeneration, registeredRegions++), buffer.memory());
    }
    state = State.LOADING;
    wantMissing();
    commitWhenComplete();
  }

  private void commit() {
    state = State.COMMITTING;
    // what the device has checked must not change under it
    unregisterRegions();
    lane.submit(new LoadTask(manifest, chunksMayComeTwice));
  }

  private final class PrepareTask extends DeviceTask {
    private final Manifest wantedManifest;
    private final boolean first;

    PrepareTask(Manifest wantedManifest, boolean first) {
      this.wantedManifest = wantedManifest;
      this.first = first;
    }

    @Override
    void execute(RenderDevice device) {
      if (first) {
        scene.forget(device);
      }
      scene.prepare(device, wantedManifest);
    }

    @Override
    void completed() {
      if (!isCurrent(wantedManifest)) {
        return;
      }
      if (failure() != null) {
        sceneFailed(failure(), wantedManifest.generation());
        return;
      }
      receiveMissing();
    }
  }

  private final class LoadTask extends DeviceTask {
    private final Manifest completeManifest;
    private final boolean verify;
    private boolean damaged;

    LoadTask(Manifest completeManifest, boolean verify) {
      this.completeManifest = completeManifest;
      this.verify = verify;
    }

    @Override
    void execute(RenderDevice device) {
      damaged = verify && !scene.store().verifyAgain();
      if (!damaged) {
        scene.load(device, completeManifest);
      }
    }

    @Override
    void completed() {
      if (!isCurrent(completeManifest)) {
        return;
      }
      if (failure() != null) {
        sceneFailed(failure(), completeManifest.generation());
        return;
      }
      if (damaged) {
        receiveMissing();
        return;
      }
      state = State.READY;
      sceneReadyDue = true;
    }
  }

  private final class RenderTask extends DeviceTask {
    private final HeldUnit unit;
    private final long sequence;
    private boolean complete;

    RenderTask(HeldUnit unit, long sequence) {
      this.unit = unit;
      this.sequence = sequence;
    }

    @Override
    void execute(RenderDevice device) {
      if (sequence <= cancelledThrough) {
        return;
      }
      complete = device.render(unit.unit(), unit.stride(), unit.pass().slice(0, unit.passBytes()));
    }

    @Override
    WorkUnit renders() {
      return sequence <= cancelledThrough ? null : unit.unit();
    }

    @Override
    void completed() {
      if (channel.isClosed()) {
        unit.pass().close();
        return;
      }
      PassStatus status =
          failure() != null
              ? PassStatus.FAILED
              : complete ? PassStatus.RENDERED : PassStatus.CANCELLED;
      String reason = failure() == null ? "" : String.valueOf(failure().getMessage());
      passes.add(unit, durationNs(), status, reason);
    }
  }
}
