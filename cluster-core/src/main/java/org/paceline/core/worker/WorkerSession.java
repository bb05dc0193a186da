// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.util.Arrays;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;
import org.paceline.api.transport.TransportException;
import org.paceline.core.Liveness;
import org.paceline.core.Strangers;
import org.paceline.core.WorkerActivity;
import org.paceline.core.protocol.AttachDecoder;
import org.paceline.core.protocol.BroadcastEndDecoder;
import org.paceline.core.protocol.BroadcastLandedDecoder;
import org.paceline.core.protocol.CancelUnitsDecoder;
import org.paceline.core.protocol.ChunkHashesDecoder;
import org.paceline.core.protocol.CloseCode;
import org.paceline.core.protocol.ClosingDecoder;
import org.paceline.core.protocol.DrainedDecoder;
import org.paceline.core.protocol.HeartbeatDecoder;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.protocol.LandedDecoder;
import org.paceline.core.protocol.ListenDecoder;
import org.paceline.core.protocol.MessageReader;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.ProtocolException;
import org.paceline.core.protocol.RejectCode;
import org.paceline.core.protocol.RenderDecoder;
import org.paceline.core.protocol.SceneBeginDecoder;
import org.paceline.core.protocol.SceneEndDecoder;
import org.paceline.core.protocol.SceneEntryDecoder;

/**
 * A worker's side of one session: a state machine that sees messages, a clock and completions of
 * device tasks, and nothing else. Until a host attaches it has no part in what the worker offers.
 * One thread drives it with {@link #poll}.
 */
final class WorkerSession implements MemoryBudget.Tenant {
  private static final int MESSAGES_PER_POLL = 16;

  /**
   * How long the first large packets may take: a system that finds out by itself how long they may
   * be needs seven seconds or more.
   */
  private static final long DATA_GRACE_NS = 15_000_000_000L;

  private static final String WRONG_KEY =
      "the host's cluster key is not this worker's; give both the same key";

  /** Decides whether a host may have a part of this worker. */
  interface Admission {
    /** Whether its host has a seat already, by another address of this worker. */
    boolean isElsewhere(WorkerSession session);

    /** A seat for a session that has proved to hold the key; empty if there is none. */
    Optional<Seats.Seat> admit(WorkerSession session, int weight);
  }

  /** Opens the listeners that hosts with the key ask for. */
  interface Doors {
    /**
     * Listens for a scheme, or has done so for long.
     *
     * @return the port
     * @throws TransportException if it can't be had
     */
    int open(String scheme);
  }

  private final Channel channel;
  private final WorkerSettings settings;
  private final Seats seats;
  private final Admission admission;
  private final Doors doors;
  private final MessageHandler handler = this::onMessage;
  private final MessageReader reader = new MessageReader();
  private final MessageWriter writer;
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
  private final ClosingDecoder closing = new ClosingDecoder();

  /** Until when it has to be attached, however lively the peer is. */
  private final long deadlineNs;

  private Liveness liveness;
  private boolean challenged;
  private boolean hasListened;
  private byte[] link = {};
  private byte[] hostSession = {};
  private Seats.Seat seat;
  private SceneLoader scene;
  private UnitQueue units;
  private long nowNs;
  private boolean leavingDue;
  private boolean gaveUp;

  /** Whether more than small messages has come since the host attached. */
  private boolean hasData;

  WorkerSession(
      Channel channel,
      WorkerSettings settings,
      MessageWriter writer,
      Seats seats,
      Admission admission,
      Doors doors,
      long nowNs) {
    this.channel = channel;
    this.settings = settings;
    this.writer = writer;
    this.seats = seats;
    this.admission = admission;
    this.doors = doors;
    liveness = new Liveness(settings.heartbeatTimeoutNs(), nowNs);
    deadlineNs = nowNs + Strangers.PATIENCE * settings.heartbeatTimeoutNs();
  }

  Channel channel() {
    return channel;
  }

  /** Whether a host has a part of this worker through this session. */
  boolean isAttached() {
    return seat != null;
  }

  /** Whether the other one is of the same host's same link, over another channel. */
  boolean isSameLinkAs(WorkerSession other) {
    return link.length > 0 && Arrays.equals(link, other.link);
  }

  /** Whether the other one is of the same host's other link: it got here by two addresses. */
  boolean isSameHostAs(WorkerSession other) {
    return hostSession.length > 0
        && Arrays.equals(hostSession, other.hostSession)
        && !isSameLinkAs(other);
  }

  /** What is done for its host now. */
  WorkerActivity.Doing doing() {
    if (!isAttached()) {
      return WorkerActivity.Doing.WITHOUT_HOST;
    }
    return scene.isReady() ? units.doing() : WorkerActivity.Doing.LOADING;
  }

  /** Pixel samples rendered. */
  long samples() {
    return isAttached() ? units.samples() : 0;
  }

  /** What was done for the attached host. */
  WorkerActivity.Host activity() {
    return new WorkerActivity.Host(
        channel.peer(),
        units.samples(),
        units.renderNs(),
        units.held(),
        liveness.roundTripNs(),
        units.unitTimes(),
        liveness.roundTrips(),
        channel.receivedBytes());
  }

  /** Whether it ended. */
  boolean isOver() {
    return channel.isClosed();
  }

  /** Whether it was ended here because its host wasn't heard. */
  boolean gaveUp() {
    return gaveUp;
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
      close(CloseCode.PROTOCOL, "protocol error: " + e.getMessage());
    } catch (OutOfMemoryError e) {
      close(CloseCode.OTHER, "the worker has no memory left for what the host asks");
    }
    if (isAttached() && (hasData ? liveness.isLost(now) : liveness.isLost(now, DATA_GRACE_NS))) {
      if (hasData) {
        close(CloseCode.SILENT, liveness.lostReason());
      } else {
        close(CloseCode.STARVED, "nothing but small messages has come from the host");
      }
    } else if (!isAttached() && isLate(now)) {
      close(CloseCode.LATE, "nobody attached in time");
    }
    return work;
  }

  private boolean isLate(long now) {
    return now - deadlineNs > 0
        || (channel.isConnected() ? liveness.isLost(now) : liveness.isUnreachable(now));
  }

  /** Ends it, and tells the peer why, as far as it hears. */
  void close(CloseCode code, String reason) {
    gaveUp |= code == CloseCode.SILENT || code == CloseCode.STARVED;
    writer.closing(channel, code, reason);
    channel.close(reason);
  }

  /** Asks the host to let go of this worker; the channel ends when it has. */
  void leave() {
    leavingDue = true;
  }

  private int send() {
    if (!challenged) {
      String transports = String.join(" ", settings.transports());
      challenged =
          writer.challenge(channel, nonce, settings.instance(), settings.machine(), transports)
              >= 0;
      return challenged ? 1 : 0;
    }
    if (!isAttached()) {
      return 0;
    }
    if (leavingDue && writer.leaving(channel) >= 0) {
      leavingDue = false;
    }
    hasData |= scene.isReady();
    return liveness.beat(writer, channel, nowNs) + scene.poll(nowNs) + units.poll(nowNs);
  }

  /** After the channel closed: frees what the session held once the device has let go of it. */
  void end() {
    if (isAttached()) {
      units.end();
      scene.end();
      seats.giveBack(seat);
    }
  }

  @Override
  public long idleForNs() {
    return scene.isReady() ? units.idleForNs() : 0;
  }

  @Override
  public void evict() {
    scene.evict();
  }

  // ---- receiving

  private void onMessage(Channel from, DirectBuffer buffer, int offset, int length) {
    int template = reader.open(buffer, offset, length);
    boolean early =
        template == AttachDecoder.TEMPLATE_ID
            || template == ListenDecoder.TEMPLATE_ID
            || template == ClosingDecoder.TEMPLATE_ID;
    if (!isAttached() && !early) {
      throw new ProtocolException("message " + template + " before Attach");
    }
    switch (template) {
      case AttachDecoder.TEMPLATE_ID -> onAttach(reader.decode(attach));
      case ListenDecoder.TEMPLATE_ID -> onListen(reader.decode(listen));
      case SceneBeginDecoder.TEMPLATE_ID -> {
        units.cancelAll();
        scene.onSceneBegin(reader.decode(sceneBegin));
      }
      case SceneEntryDecoder.TEMPLATE_ID -> scene.onSceneEntry(reader.decode(sceneEntry));
      case ChunkHashesDecoder.TEMPLATE_ID -> scene.onChunkHashes(reader.decode(chunkHashes));
      case SceneEndDecoder.TEMPLATE_ID -> scene.onSceneEnd(reader.decode(sceneEnd));
      case LandedDecoder.TEMPLATE_ID -> {
        hasData = true;
        scene.onLanded(reader.decode(landed));
      }
      case BroadcastLandedDecoder.TEMPLATE_ID ->
          scene.onBroadcastLanded(reader.decode(broadcastLanded));
      case BroadcastEndDecoder.TEMPLATE_ID -> scene.onBroadcastEnd(reader.decode(broadcastEnd));
      case DrainedDecoder.TEMPLATE_ID -> scene.onDrained(reader.decode(drained));
      case RenderDecoder.TEMPLATE_ID -> units.onRender(reader.decode(render));
      case CancelUnitsDecoder.TEMPLATE_ID -> units.cancelAll();
      case ClosingDecoder.TEMPLATE_ID ->
          channel.close("the host closed it: " + reader.text(reader.decode(closing)::wrapReason));
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
    int weight = 1;
    if (message.weight() != AttachDecoder.weightNullValue()) {
      weight = (int) inRange("weight", message.weight(), 1, ClusterConfig.MAX_WEIGHT);
      link = new byte[AttachDecoder.linkLength()];
      message.getLink(link, 0, link.length);
    }
    byte[] session = new byte[AttachDecoder.sessionLength()];
    if (message.getSession(session, 0, session.length) > 0) {
      hostSession = session;
    }
    if (!KeyProof.matches(KeyProof.ofHost(settings.key(), nonce, hostNonce), proof)) {
      reject(RejectCode.WRONG_KEY, WRONG_KEY);
      return;
    }
    String mismatch =
        Compatibility.mismatch(
            new DeviceIdentity(
                reader.text(message::wrapRenderer),
                reader.text(message::wrapRendererVersion),
                reader.text(message::wrapAbi)),
            reader.text(message::wrapKernels),
            seats.identity(),
            settings.kernels());
    if (!mismatch.isEmpty()) {
      reject(RejectCode.INCOMPATIBLE, mismatch);
      return;
    }
    if (admission.isElsewhere(this)) {
      reject(RejectCode.DUPLICATE, "this host has this worker already, by another address");
      return;
    }
    admission
        .admit(this, weight)
        .ifPresentOrElse(
            admitted -> attached(admitted, timeoutMs, hostNonce),
            () -> reject(RejectCode.BUSY, "it renders for " + Seats.MOST + " hosts already"));
  }

  private void attached(Seats.Seat admitted, long timeoutMs, byte[] hostNonce) {
    seat = admitted;
    scene = new SceneLoader(channel, writer, seats, seat, settings.memoryBytes());
    units = new UnitQueue(channel, writer, seats, seat, scene);
    liveness = new Liveness(timeoutMs * 1_000_000, nowNs);
    byte[] proof = KeyProof.ofWorker(settings.key(), nonce, hostNonce);
    if (writer.attached(channel, proof, settings.name(), seats.kernels()) < 0) {
      channel.close("no room for the first answer");
    }
  }

  /** Before a host attaches, but not before it has proved to hold the key. */
  private void onListen(ListenDecoder message) {
    if (isAttached() || hasListened) {
      throw new ProtocolException("Listen out of turn");
    }
    hasListened = true;
    byte[] hostNonce = new byte[KeyProof.NONCE_BYTES];
    byte[] proof = new byte[KeyProof.PROOF_BYTES];
    message.getNonce(hostNonce, 0, hostNonce.length);
    message.getProof(proof, 0, proof.length);
    String scheme = reader.text(message::wrapScheme);
    if (!KeyProof.matches(KeyProof.ofListen(settings.key(), scheme, nonce, hostNonce), proof)) {
      reject(RejectCode.WRONG_KEY, WRONG_KEY);
      return;
    }
    int port = 0;
    String reason = "";
    try {
      port = doors.open(scheme);
    } catch (TransportException e) {
      reason = e.getMessage();
    }
    byte[] answer = KeyProof.ofListening(settings.key(), port, nonce, hostNonce);
    if (writer.listening(channel, port, answer, reason) < 0) {
      channel.close("no room for the first answer");
    }
  }

  private void reject(RejectCode code, String reason) {
    writer.rejected(channel, code, reason);
    channel.close("rejected: " + reason);
  }
}
