// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.DurationHistogram;
import org.paceline.api.NativeMemory;
import org.paceline.api.WorkUnit;
import org.paceline.api.WorkerStatus;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.MessageHandler;
import org.paceline.api.transport.TransportException;
import org.paceline.core.Liveness;
import org.paceline.core.protocol.AttachedDecoder;
import org.paceline.core.protocol.ChallengeDecoder;
import org.paceline.core.protocol.CompleteDecoder;
import org.paceline.core.protocol.HeartbeatDecoder;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.protocol.LeavingDecoder;
import org.paceline.core.protocol.ListeningDecoder;
import org.paceline.core.protocol.MessageReader;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.PassDoneDecoder;
import org.paceline.core.protocol.PassStatus;
import org.paceline.core.protocol.ProtocolException;
import org.paceline.core.protocol.RejectCode;
import org.paceline.core.protocol.RejectedDecoder;
import org.paceline.core.protocol.SceneFailedDecoder;
import org.paceline.core.protocol.SceneReadyDecoder;
import org.paceline.core.protocol.WantDecoder;
import org.paceline.core.scene.HostScene;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's end of the conversation with one worker: dials it for as long as the session lives,
 * attaches, brings it the scene and holds the units given to it. Driven by the session's thread.
 */
final class WorkerLink {
  /** Most bytes of one pass: a cell of the widest film fits. */
  static final long MAX_PASS_BYTES = 4L << 20;

  private static final Logger LOGGER = LoggerFactory.getLogger(WorkerLink.class);
  private static final int MESSAGES_PER_POLL = 64;

  private static final String LEFT = "it left";

  private static final BitSet NOTHING = new BitSet();

  /** What the session does with what a link brings. */
  interface Listener {
    /** A pass has arrived in {@code pass}, which is lent for the call. */
    void onPass(WorkerLink link, HeldUnits.Held unit, long renderNs, NativeMemory pass);

    /** A unit came back without a pass. */
    void onUnitLost(WorkerLink link, HeldUnits.Held unit);
  }

  private final ClusterConfig config;
  private final DeviceIdentity renderer;
  private final Dialling dialling;
  private final byte[] id = KeyProof.nonce();
  private final Route route;
  private final boolean mayComeTwice;
  private final Listener listener;
  private final MessageHandler handler = this::onMessage;
  private final MessageReader reader = new MessageReader();
  private final MessageWriter writer = new MessageWriter();
  private final HeldUnits held = new HeldUnits();
  private final PassMemory passMemory;

  private final ChallengeDecoder challenge = new ChallengeDecoder();
  private final ListeningDecoder listening = new ListeningDecoder();
  private final AttachedDecoder attached = new AttachedDecoder();
  private final RejectedDecoder rejected = new RejectedDecoder();
  private final WantDecoder want = new WantDecoder();
  private final CompleteDecoder complete = new CompleteDecoder();
  private final SceneReadyDecoder sceneReady = new SceneReadyDecoder();
  private final SceneFailedDecoder sceneFailed = new SceneFailedDecoder();
  private final PassDoneDecoder passDone = new PassDoneDecoder();
  private final HeartbeatDecoder heartbeat = new HeartbeatDecoder();

  private Channel channel;
  private WorkerStatus.State state = WorkerStatus.State.CONNECTING;
  private String detail = "";
  private String name = "";
  private String kernels = "";
  private long nowNs;
  private Liveness liveness;
  private byte[] expectedProof;
  private PassSlots slots;
  private SceneSender sender;
  private long nextUnitId = 1;
  private boolean cancelDue;
  private long bytesSentBefore;
  private long oldScenesPosition;
  private long progressPosition;
  private long progressNs;
  private boolean hasScene;
  private Invitation invitation;
  private boolean leaving;
  private String rejection = "";

  WorkerLink(
      Dialling dialling,
      boolean mayComeTwice,
      ClusterConfig config,
      DeviceIdentity renderer,
      PassMemory passMemory,
      Listener listener) {
    this.dialling = dialling;
    route = dialling.route();
    this.config = config;
    this.renderer = renderer;
    this.mayComeTwice = mayComeTwice;
    this.passMemory = passMemory;
    this.listener = listener;
  }

  // ---- what the session asks

  boolean isReady() {
    return state == WorkerStatus.State.READY && !leaving;
  }

  boolean isAttached() {
    return state == WorkerStatus.State.READY || state == WorkerStatus.State.LOADING;
  }

  /** Whether it is attached and lacks some of the scene. */
  boolean isLoading() {
    return state == WorkerStatus.State.LOADING;
  }

  boolean isRefused() {
    return state == WorkerStatus.State.REFUSED;
  }

  /** Whether it will never have a channel again. */
  boolean isOver() {
    return channel == null && dialling.isWithdrawn();
  }

  /** Whether it dialled this host and hasn't proved anything yet. */
  boolean isStranger() {
    return dialling.isAnswer() && name.isEmpty();
  }

  Dialling dialling() {
    return dialling;
  }

  String detail() {
    return detail;
  }

  /** The instruction sets that it renders with, or empty. */
  String kernels() {
    return kernels;
  }

  Endpoint endpoint() {
    return route.configured();
  }

  /** Pixel samples per nanosecond, 0 until known. */
  double samplesPerNs() {
    return held.samplesPerNs();
  }

  /** How long a unit that this worker holds will still take. */
  double remainingNs(WorkUnit unit, long now) {
    return held.remainingNs(unit, now);
  }

  /** How long this worker would take to bring one more unit. */
  double nanosFor(WorkUnit unit) {
    return held.nanosFor(unit);
  }

  boolean hasCredit() {
    return isReady() && slots.hasRoom();
  }

  WorkerStatus status() {
    long bytes = bytesSentBefore + (sender == null ? 0 : sender.chunks().bytesSent());
    long roundTrip = liveness == null ? 0 : liveness.roundTripNs();
    return new WorkerStatus(
        route.configured().toString(),
        name,
        name.isEmpty() ? "" : route.choice().scheme() + ", " + route.choice().why(),
        state,
        detail,
        held.samplesPerNs() * 1e9,
        roundTrip,
        liveness == null ? DurationHistogram.EMPTY : liveness.roundTrips(),
        bytes,
        held.count());
  }

  /** Whether memory of scenes before the last one is still being sent from. */
  boolean usesOlderScenes() {
    return channel != null
        && !channel.isClosed()
        && oldScenesPosition > channel.completedPosition();
  }

  /** Whether this worker hears a broadcast; one that doesn't yet is invited. */
  boolean listensTo(Broadcast broadcast) {
    return isAttached() && invitation.isHeeded(broadcast, isLoading(), nowNs);
  }

  /** Chunks of a scene that are still to be sent to this worker; may be taken from. */
  BitSet wantedChunks(HostScene scene) {
    return sender != null && sender.scene() == scene ? sender.chunks().wanted() : NOTHING;
  }

  // ---- what the session tells

  /** A new generation is to be sent. */
  void scene(HostScene scene) {
    // a worker whose device couldn't take the last scene gets another chance
    if (sender != null) {
      startSending(scene);
    }
  }

  /** A worker whose device failed at the last job may be right for the next. */
  void tryAgain() {
    if (isRefused() && hasScene) {
      state = WorkerStatus.State.READY;
      detail = "";
    }
  }

  /** Gives a unit; false if the channel takes none now. */
  boolean give(Job job, WorkUnit unit) {
    if (!sendCancel()) {
      return false;
    }
    int stride = job.request().layout().stride();
    PassSlots.Slot slot;
    try {
      slot = slots.take(passBytes(job, unit));
    } catch (OutOfMemoryError e) {
      channel.close("the host has no memory left for this worker");
      return false;
    }
    if (writer.render(channel, nextUnitId, unit, stride, slot.region()) < 0) {
      slots.giveBack(slot, nowNs);
      return false;
    }
    held.add(new HeldUnits.Held(nextUnitId++, job, unit, slot, nowNs), nowNs);
    return true;
  }

  private static long passBytes(Job job, WorkUnit unit) {
    return unit.pixels() * job.request().layout().stride() * Float.BYTES;
  }

  /** Units given so far are not wanted any more. */
  void cancelUnits() {
    cancelDue = !held.isEmpty();
  }

  void close() {
    if (channel != null) {
      channel.close();
      state = WorkerStatus.State.CONNECTING; // a farewell is no loss to warn of
      channelClosed();
    }
  }

  // ---- driving

  int poll(long now, HostScene scene) {
    nowNs = now;
    if (channel == null) {
      return dialling.isDue(now) ? connect() : 0;
    }
    int work = 0;
    try {
      work += channel.poll(handler, MESSAGES_PER_POLL);
      liveness.observe(channel.receivedBytes(), now);
      if (slots != null && !channel.isClosed()) {
        slots.poll(now);
        if (sender == null && scene != null) {
          startSending(scene);
        }
        work += send();
      }
      checkThatItTakesData();
      if (leaving && held.isEmpty()) {
        channel.close(LEFT);
      }
    } catch (RuntimeException e) {
      channel.close("protocol error: " + e.getMessage());
    } catch (OutOfMemoryError e) {
      channel.close("the host has no memory left for this worker");
    }
    if (liveness.isLost(now)) {
      channel.close(liveness.lostReason());
    }
    if (channel.isClosed()) {
      channelClosed();
      work++;
    }
    return work;
  }

  /** Sends of the scene what nobody else brings to this worker; returns how much was done. */
  int sendChunks() {
    return channel == null || sender == null || invitation.isAwaited(nowNs)
        ? 0
        : sender.chunks().send(channel);
  }

  private int send() {
    int work = liveness.beat(writer, channel, nowNs);
    sendCancel();
    return sender == null ? work : work + sender.sendManifest(channel);
  }

  /** A cancel covers the units given before it, so it must leave before the next one does. */
  private boolean sendCancel() {
    if (cancelDue && writer.cancelUnits(channel) >= 0) {
      cancelDue = false;
    }
    return !cancelDue;
  }

  private int connect() {
    liveness = new Liveness(config.heartbeatTimeout().toNanos(), nowNs);
    expectedProof = null;
    leaving = false;
    progressPosition = 0;
    try {
      channel = dialling.dial();
      invitation = new Invitation(channel);
    } catch (TransportException e) {
      if (!dialling.failed(e.getMessage(), nowNs)) {
        state = WorkerStatus.State.REFUSED;
      }
      detail = e.getMessage();
    }
    return 1;
  }

  /** A peer that lives but doesn't read would hold back a commit for ever. */
  private void checkThatItTakesData() {
    long completed = channel.completedPosition();
    boolean waiting =
        (sender != null && sender.chunks().lastPosition() > completed) || usesOlderScenes();
    if (!waiting || completed != progressPosition) {
      progressPosition = completed;
      progressNs = nowNs;
    } else if (nowNs - progressNs > config.heartbeatTimeout().toNanos()) {
      channel.close("it takes no data");
    }
  }

  private void startSending(HostScene scene) {
    if (sender != null) {
      bytesSentBefore += sender.chunks().bytesSent();
      oldScenesPosition = Math.max(oldScenesPosition, sender.chunks().lastPosition());
    }
    sender = new SceneSender(scene, mayComeTwice, writer);
    hasScene = false;
    state = WorkerStatus.State.LOADING;
    detail = "";
  }

  private void channelClosed() {
    String reason = channel.closeReason();
    boolean wasAttached = isAttached();
    if (leaving) {
      LOGGER.info(
          "worker {} left{}", this, held.isEmpty() ? "" : "; others render what it didn't finish");
    } else if (wasAttached) {
      LOGGER.warn("worker {} lost: {}", this, reason);
    }
    channel = null;
    boolean refused = state == WorkerStatus.State.REFUSED && sender == null;
    dialling.ended(expectedProof != null, refused, reason, nowNs);
    if (!refused) {
      state = WorkerStatus.State.CONNECTING;
      if (!reason.isEmpty() && rejection.isEmpty()) {
        detail = reason;
      }
    }
    rejection = "";
    if (sender != null) {
      bytesSentBefore += sender.chunks().bytesSent();
      sender = null;
    }
    oldScenesPosition = 0;
    hasScene = false;
    cancelDue = false;
    List<HeldUnits.Held> lost = held.takeAll();
    if (slots != null) {
      slots.closed(lost);
      slots = null;
    }
    lost.forEach(unit -> listener.onUnitLost(this, unit));
  }

  // ---- receiving

  private void onMessage(Channel from, DirectBuffer buffer, int offset, int length) {
    int template = reader.open(buffer, offset, length);
    boolean early =
        template == ChallengeDecoder.TEMPLATE_ID
            || template == ListeningDecoder.TEMPLATE_ID
            || template == AttachedDecoder.TEMPLATE_ID
            || template == RejectedDecoder.TEMPLATE_ID;
    if (!early && slots == null && template != MessageReader.UNKNOWN) {
      throw new ProtocolException("message " + template + " before Attached");
    }
    switch (template) {
      case ChallengeDecoder.TEMPLATE_ID -> onChallenge(reader.decode(challenge));
      case ListeningDecoder.TEMPLATE_ID -> onListening(reader.decode(listening));
      case AttachedDecoder.TEMPLATE_ID -> onAttached(reader.decode(attached));
      case RejectedDecoder.TEMPLATE_ID -> onRejected(reader.decode(rejected));
      case WantDecoder.TEMPLATE_ID -> onWant(reader.decode(want));
      case CompleteDecoder.TEMPLATE_ID -> onComplete(reader.decode(complete));
      case SceneReadyDecoder.TEMPLATE_ID -> onSceneReady(reader.decode(sceneReady));
      case SceneFailedDecoder.TEMPLATE_ID -> onSceneFailed(reader.decode(sceneFailed));
      case PassDoneDecoder.TEMPLATE_ID -> onPassDone(reader.decode(passDone));
      case LeavingDecoder.TEMPLATE_ID -> leaving = true;
      case HeartbeatDecoder.TEMPLATE_ID -> liveness.onHeartbeat(reader.decode(heartbeat), nowNs);
      case MessageReader.UNKNOWN -> {}
      default -> throw new ProtocolException("message " + template + " is not for a host");
    }
  }

  private void onChallenge(ChallengeDecoder message) {
    if (expectedProof != null && slots != null) {
      throw new ProtocolException("Challenge comes twice");
    }
    byte[] workerNonce = new byte[KeyProof.NONCE_BYTES];
    message.getNonce(workerNonce, 0, workerNonce.length);
    String machine = message.machine();
    if (!stays(machine, Set.of(message.transports().split(" ")))) {
      return;
    }
    byte[] nonce = KeyProof.nonce();
    expectedProof = KeyProof.ofWorker(config.key(), workerNonce, nonce);
    String[] identity = {renderer.renderer(), renderer.version(), renderer.abi(), config.kernels()};
    byte[] proof = KeyProof.ofHost(config.key(), workerNonce, nonce);
    long timeoutMs = config.heartbeatTimeout().toMillis();
    if (writer.attach(channel, timeoutMs, nonce, proof, id, config.weight(), identity) < 0) {
      channel.close("no room for the first message");
    }
  }

  /** Whether this is the channel to attach over. */
  private boolean stays(String machine, Set<String> schemes) {
    try {
      if (route.staysWith(machine, schemes)) {
        return true;
      }
    } catch (TransportException e) {
      refuse(e.getMessage());
      return false;
    }
    if (writer.listen(channel, route.choice().scheme()) < 0) {
      channel.close("no room for the first message");
    }
    return false;
  }

  private void onListening(ListeningDecoder message) {
    if (slots != null) {
      throw new ProtocolException("Listening out of turn");
    }
    int port = (int) inRange("port", message.port(), 0, 65_535);
    if (port > 0) {
      route.switchTo(port);
      channel.close("going on over " + route.choice().scheme());
      return;
    }
    try {
      route.fallBack(message.reason());
      LOGGER.warn("worker {}: {}", this, route.choice().why());
      channel.close(route.choice().why());
    } catch (TransportException e) {
      refuse(e.getMessage());
    }
  }

  private void onAttached(AttachedDecoder message) {
    byte[] proof = new byte[KeyProof.PROOF_BYTES];
    message.getProof(proof, 0, proof.length);
    if (expectedProof == null || slots != null) {
      throw new ProtocolException("Attached out of turn");
    }
    if (!KeyProof.matches(expectedProof, proof)) {
      refuse("it doesn't hold this cluster's key");
      return;
    }
    name = message.name();
    kernels = message.kernels();
    state = WorkerStatus.State.LOADING;
    detail = "";
    held.forgetSpeed();
    slots = new PassSlots(passMemory, channel, config.unitsInFlight());
    LOGGER.info(
        "worker {} attached over {} ({})", this, route.choice().scheme(), route.choice().why());
  }

  private void onRejected(RejectedDecoder message) {
    RejectCode code = message.code();
    rejection = message.reason();
    if (code == RejectCode.BUSY) {
      state = WorkerStatus.State.CONNECTING;
      detail = rejection;
      channel.close(rejection);
    } else {
      refuse(rejection);
    }
  }

  private void refuse(String reason) {
    if (!reason.equals(detail)) {
      LOGGER.warn("worker {} refused: {}", this, reason);
    }
    state = WorkerStatus.State.REFUSED;
    detail = reason;
    channel.close(reason);
  }

  private void onWant(WantDecoder message) {
    if (sender != null) {
      sender.onWant(message);
    }
  }

  private void onComplete(CompleteDecoder message) {
    if (sender != null) {
      sender.onComplete(message.generation());
    }
  }

  private void onSceneReady(SceneReadyDecoder message) {
    if (sender != null && message.generation() == sender.scene().generation()) {
      state = WorkerStatus.State.READY;
      hasScene = true;
      detail = "";
    }
  }

  private void onSceneFailed(SceneFailedDecoder message) {
    if (sender != null && message.generation() == sender.scene().generation()) {
      sceneUnusable(message.reason());
    }
  }

  private void sceneUnusable(String reason) {
    state = WorkerStatus.State.REFUSED;
    detail = reason;
    LOGGER.warn("worker {} can't take the scene: {}", this, reason);
  }

  private void onPassDone(PassDoneDecoder message) {
    long unitId = message.unitId();
    HeldUnits.Held done = held.find(unitId);
    if (done == null) {
      throw new ProtocolException("PassDone for unit " + unitId + ", which it doesn't hold");
    }
    PassStatus status = message.status();
    if (status == PassStatus.RENDERED) {
      held.rendered(done.unit(), message.renderNs());
      long length = passBytes(done.job(), done.unit());
      listener.onPass(this, done, message.renderNs(), done.slot().memory().slice(0, length));
    } else {
      listener.onUnitLost(this, done);
      if (status == PassStatus.FAILED
          && sender != null
          && done.unit().generation() == sender.scene().generation()) {
        sceneUnusable(message.reason());
      }
    }
    // not before: a unit whose merge fails is lost with the channel and given back then
    held.remove(done, nowNs);
    slots.giveBack(done.slot(), nowNs);
  }

  @Override
  public String toString() {
    return name.isEmpty() ? endpoint().toString() : name + " (" + endpoint() + ")";
  }
}
