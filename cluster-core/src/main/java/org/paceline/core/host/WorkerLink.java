// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.BitSet;
import java.util.List;
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
import org.paceline.core.RepeatedFault;
import org.paceline.core.Strangers;
import org.paceline.core.protocol.AttachedDecoder;
import org.paceline.core.protocol.ChallengeDecoder;
import org.paceline.core.protocol.CloseCode;
import org.paceline.core.protocol.ClosingDecoder;
import org.paceline.core.protocol.CompleteDecoder;
import org.paceline.core.protocol.HeartbeatDecoder;
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

  /** Longer than a worker waits for its first data, so that it says what it misses. */
  private static final long FIRST_DATA_NS = 20_000_000_000L;

  private static final BitSet NOTHING = new BitSet();

  /** What the session does with what a link brings. */
  interface Listener {
    /** A pass has arrived in {@code pass}, which is lent for the call. */
    void onPass(WorkerLink link, HeldUnits.Held unit, long renderNs, NativeMemory pass);

    /** A unit came back without a pass. */
    void onUnitLost(WorkerLink link, HeldUnits.Held unit);

    /** A process, which may have been here before, is attached. */
    void onAttached(String instance);

    /**
     * A process went without a word while it loaded the scene or held units.
     *
     * @param inHand the unit that it rendered, or null
     */
    void onDied(WorkerLink link, String instance, HeldUnits.Held inHand, String reason);
  }

  private final ClusterConfig config;
  private final Dialling dialling;
  private final WorkerLinks.Twins twins;
  private final Handshake handshake;
  private final boolean mayComeTwice;
  private final Listener listener;
  private final MessageHandler handler = this::onMessage;
  private final MessageReader reader = new MessageReader();
  private final MessageWriter writer;
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
  private final ClosingDecoder closing = new ClosingDecoder();

  private Endpoint endpoint;
  private String instance = "";
  private Channel channel;
  private WorkerStatus.State state = WorkerStatus.State.CONNECTING;
  private String detail = "";
  private String name = "";
  private String kernels = "";
  private long nowNs;
  private Liveness liveness;
  private long deadlineNs;
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

  /** Whether either end has said why the channel closes. */
  private boolean explained;

  private String rejection = "";
  private boolean refusalTold;
  private final DataPath dataPath = new DataPath();
  private final RepeatedFault lost = new RepeatedFault(LOGGER);

  /**
   * A link that has no channel yet.
   *
   * @param session the same for all links of a host's session
   * @param writer the session's, too
   */
  WorkerLink(
      Dialling dialling,
      WorkerLinks.Twins twins,
      boolean mayComeTwice,
      ClusterConfig config,
      DeviceIdentity renderer,
      byte[] session,
      MessageWriter writer,
      PassMemory passMemory,
      Listener listener) {
    this.dialling = dialling;
    this.twins = twins;
    endpoint = dialling.route().configured();
    this.config = config;
    this.writer = writer;
    handshake = new Handshake(config, renderer, session, reader, writer);
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
    return channel == null && dialling.isOver();
  }

  /** Whether it has no address at which it could be dialled. */
  boolean isCaller() {
    return dialling.routes().isEmpty();
  }

  /** Which process was attached last; empty before the first, and if it didn't say. */
  String instance() {
    return instance;
  }

  /** Which process is attached. */
  void isNow(String attachedInstance) {
    instance = attachedInstance;
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

  /** What it is called: the address at which it was dialled first, or dialled from. */
  Endpoint endpoint() {
    return endpoint;
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
        endpoint.toString(),
        name,
        name.isEmpty() ? "" : transport(),
        state,
        detail,
        held.samplesPerNs() * 1e9,
        roundTrip,
        liveness == null ? DurationHistogram.EMPTY : liveness.roundTrips(),
        bytes,
        held.count());
  }

  private String transport() {
    Route route = dialling.route();
    boolean elsewhere = !route.configured().equals(endpoint);
    return route.choice().scheme()
        + (elsewhere ? " at " + route.configured() : "")
        + ", "
        + route.choice().why();
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

  /** Ends the channel, and tells the worker why. */
  void dismiss(CloseCode code, String reason) {
    if (channel != null) {
      closeChannel(code, reason);
      state = WorkerStatus.State.CONNECTING; // as in close
      channelClosed();
    }
  }

  /** The same worker's link is given up for this one. */
  void takeOver(WorkerLink other) {
    bytesSentBefore += other.bytesSentBefore;
    if (!other.instance.isEmpty()) {
      // what it brought is counted under that name
      endpoint = other.endpoint;
    }
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
      closeChannel(CloseCode.PROTOCOL, "protocol error: " + e.getMessage());
    } catch (OutOfMemoryError e) {
      closeChannel(CloseCode.OTHER, "the host has no memory left for this worker");
    }
    long graceNs = held.isEmpty() ? 0 : dataPath.graceNs();
    if (channel.isConnected() ? liveness.isLost(now, graceNs) : liveness.isUnreachable(now)) {
      String reason = liveness.lostReason();
      closeChannel(CloseCode.SILENT, held.isEmpty() ? reason : told(dataPath.silent(reason)));
    } else if (slots == null && now - deadlineNs > 0) {
      closeChannel(CloseCode.LATE, "it didn't attach in time");
    }
    if (channel.isClosed()) {
      channelClosed();
      work++;
    }
    return work;
  }

  private void closeChannel(CloseCode code, String reason) {
    explained = true;
    writer.closing(channel, code, reason);
    channel.close(reason);
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
    long timeoutNs = config.heartbeatTimeout().toNanos();
    liveness = new Liveness(timeoutNs, nowNs);
    deadlineNs = nowNs + Strangers.PATIENCE * timeoutNs;
    leaving = false;
    explained = false;
    progressPosition = 0;
    try {
      channel = dialling.dial();
      invitation = new Invitation(channel);
      handshake.begin(channel, dialling.route());
    } catch (RuntimeException e) {
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
      if (dataPath.isSceneProved()) {
        closeChannel(CloseCode.OTHER, "it takes no data");
      } else if (nowNs - progressNs > FIRST_DATA_NS) {
        closeChannel(CloseCode.OTHER, told(dataPath.failed("it takes no data")));
      }
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
    boolean died = sender != null && wasAttached && !leaving && !explained;
    boolean wasLoading = isLoading();
    if (leaving) {
      LOGGER.info(
          "worker {} left{}", this, held.isEmpty() ? "" : "; others render what it didn't finish");
    } else if (wasAttached) {
      lost.happened("worker " + this + " lost: " + reason, nowNs);
    }
    channel = null;
    boolean refused = state == WorkerStatus.State.REFUSED && sender == null;
    dialling.ended(handshake.isAnswered(), wasAttached, refused, reason, nowNs);
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
    if (died && (wasLoading || !lost.isEmpty())) {
      HeldUnits.Held inHand = lost.isEmpty() ? null : lost.get(0);
      listener.onDied(this, handshake.instance(), inHand, reason);
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
            || template == RejectedDecoder.TEMPLATE_ID
            || template == ClosingDecoder.TEMPLATE_ID;
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
      case ClosingDecoder.TEMPLATE_ID -> onClosing(reader.decode(closing));
      case MessageReader.UNKNOWN -> {}
      default -> throw new ProtocolException("message " + template + " is not for a host");
    }
  }

  private void onChallenge(ChallengeDecoder message) {
    handshake.onChallenge(message);
    WorkerLink same = twins.attachedAs(handshake.instance(), this);
    if (same != null) {
      twins.found(this, same);
      return;
    }
    try {
      handshake.answer();
    } catch (TransportException e) {
      refuse(e.getMessage());
    }
  }

  private void onListening(ListeningDecoder message) {
    if (slots != null) {
      throw new ProtocolException("Listening out of turn");
    }
    Route route = dialling.route();
    int port = handshake.port(message);
    if (port > 0) {
      route.switchTo(port);
      channel.close("going on over " + route.choice().scheme());
      return;
    }
    try {
      route.fallBack(reader.text(message::wrapReason));
      LOGGER.warn("worker {}: {}", this, route.choice().why());
      channel.close(route.choice().why());
    } catch (TransportException e) {
      refuse(e.getMessage());
    }
  }

  private void onAttached(AttachedDecoder message) {
    if (slots != null) {
      throw new ProtocolException("Attached comes twice");
    }
    if (!handshake.isProof(message)) {
      refuse("it doesn't hold this cluster's key");
      return;
    }
    name = reader.text(message::wrapName);
    kernels = reader.text(message::wrapKernels);
    refusalTold = false;
    dataPath.opened();
    state = WorkerStatus.State.LOADING;
    detail = "";
    held.forgetSpeed();
    slots = new PassSlots(passMemory, channel, config.unitsInFlight());
    TransportChoice choice = dialling.route().choice();
    LOGGER.info("worker {} attached over {} ({})", this, choice.scheme(), choice.why());
    twins.attached(this, handshake.instance());
    listener.onAttached(handshake.instance());
  }

  private void onRejected(RejectedDecoder message) {
    RejectCode code = message.code();
    rejection = reader.text(message::wrapReason);
    if (code == RejectCode.BUSY || code == RejectCode.DUPLICATE) {
      state = WorkerStatus.State.CONNECTING;
      detail = rejection;
      channel.close(rejection);
    } else {
      refuse(rejection);
    }
  }

  private void onClosing(ClosingDecoder message) {
    explained = true;
    boolean starved = isAttached() && message.codeRaw() == CloseCode.STARVED.value();
    String reason = "the worker closed it: " + reader.text(message::wrapReason);
    channel.close(starved ? told(dataPath.failed(reason)) : reason);
  }

  private String told(String sentence) {
    if (dataPath.isNews()) {
      LOGGER.warn("worker {}: {}", this, sentence);
    }
    return sentence;
  }

  /** Told once: somebody without the key may give another reason each time. */
  private void refuse(String reason) {
    if (!refusalTold) {
      refusalTold = true;
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
      dataPath.sceneArrived();
      detail = "";
    }
  }

  private void onSceneFailed(SceneFailedDecoder message) {
    if (sender != null && message.generation() == sender.scene().generation()) {
      sceneUnusable(reader.text(message::wrapReason));
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
      dataPath.passArrived();
      long length = passBytes(done.job(), done.unit());
      listener.onPass(this, done, message.renderNs(), done.slot().memory().slice(0, length));
    } else {
      listener.onUnitLost(this, done);
      if (status == PassStatus.FAILED
          && sender != null
          && done.unit().generation() == sender.scene().generation()) {
        sceneUnusable(reader.text(message::wrapReason));
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
