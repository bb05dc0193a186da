// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Outbound;

/**
 * Encodes one message at a time and offers it to a channel. Every method returns what {@link
 * Channel#offer} returned. Belongs to one thread.
 */
public final class MessageWriter {
  /** Most hashes in one message. */
  public static final int MAX_HASHES = 4000;

  /** Most ranges in one message. */
  public static final int MAX_RANGES = 4000;

  private static final int MAX_TEXT_BYTES = 8 * 1024;
  private static final int CAPACITY = 64 * 1024;

  private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY));
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final ChallengeEncoder challenge = new ChallengeEncoder();
  private final AttachEncoder attach = new AttachEncoder();
  private final AttachedEncoder attached = new AttachedEncoder();
  private final RejectedEncoder rejected = new RejectedEncoder();
  private final SceneBeginEncoder sceneBegin = new SceneBeginEncoder();
  private final SceneEntryEncoder sceneEntry = new SceneEntryEncoder();
  private final ChunkHashesEncoder chunkHashes = new ChunkHashesEncoder();
  private final SceneEndEncoder sceneEnd = new SceneEndEncoder();
  private final WantEncoder want = new WantEncoder();
  private final LandedEncoder landed = new LandedEncoder();
  private final BroadcastLandedEncoder broadcastLanded = new BroadcastLandedEncoder();
  private final BroadcastEndEncoder broadcastEnd = new BroadcastEndEncoder();
  private final ListenEncoder listen = new ListenEncoder();
  private final ListeningEncoder listening = new ListeningEncoder();
  private final CompleteEncoder complete = new CompleteEncoder();
  private final DrainedEncoder drained = new DrainedEncoder();
  private final SceneReadyEncoder sceneReady = new SceneReadyEncoder();
  private final SceneFailedEncoder sceneFailed = new SceneFailedEncoder();
  private final RenderEncoder render = new RenderEncoder();
  private final PassDoneEncoder passDone = new PassDoneEncoder();
  private final CancelUnitsEncoder cancelUnits = new CancelUnitsEncoder();
  private final LeavingEncoder leaving = new LeavingEncoder();
  private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();

  /** The worker's first message. */
  public long challenge(Channel channel, byte[] nonce, String machine, String transports) {
    challenge
        .wrapAndApplyHeader(buffer, 0, header)
        .putNonce(nonce, 0, nonce.length)
        .machine(machine)
        .transports(transports);
    return send(channel, challenge.encodedLength());
  }

  /** The host would go on over another transport. */
  public long listen(Channel channel, String scheme) {
    listen.wrapAndApplyHeader(buffer, 0, header).scheme(scheme);
    return send(channel, listen.encodedLength());
  }

  /** The worker listens there, or says why not. */
  public long listening(Channel channel, int port, String reason) {
    listening.wrapAndApplyHeader(buffer, 0, header).port(port);
    byte[] text = text(reason);
    listening.putReason(text, 0, text.length);
    return send(channel, listening.encodedLength());
  }

  /** The host's answer. */
  public long attach(
      Channel channel,
      long heartbeatTimeoutMs,
      byte[] nonce,
      byte[] proof,
      byte[] link,
      int weight,
      String[] identity) {
    attach
        .wrapAndApplyHeader(buffer, 0, header)
        .heartbeatTimeoutMs(heartbeatTimeoutMs)
        .putNonce(nonce, 0, nonce.length)
        .putProof(proof, 0, proof.length)
        .putLink(link, 0, link.length)
        .weight(weight)
        .renderer(identity[0])
        .rendererVersion(identity[1])
        .abi(identity[2])
        .kernels(identity[3]);
    return send(channel, attach.encodedLength());
  }

  /** The worker takes the session. */
  public long attached(Channel channel, byte[] proof, String name, String kernels) {
    attached.wrapAndApplyHeader(buffer, 0, header).putProof(proof, 0, proof.length);
    byte[] text = text(name);
    attached.putName(text, 0, text.length);
    byte[] level = text(kernels);
    attached.putKernels(level, 0, level.length);
    return send(channel, attached.encodedLength());
  }

  /** The worker doesn't take the session. */
  public long rejected(Channel channel, RejectCode code, String reason) {
    rejected.wrapAndApplyHeader(buffer, 0, header).code(code);
    byte[] text = text(reason);
    rejected.putReason(text, 0, text.length);
    return send(channel, rejected.encodedLength());
  }

  /** A manifest follows. */
  public long sceneBegin(
      Channel channel, long generation, int entryCount, int chunkBytes, boolean mayComeTwice) {
    sceneBegin
        .wrapAndApplyHeader(buffer, 0, header)
        .generation(generation)
        .entryCount(entryCount)
        .chunkBytes(chunkBytes)
        .mayComeTwice((short) (mayComeTwice ? 1 : 0));
    return send(channel, sceneBegin.encodedLength());
  }

  /** One entry of the manifest. */
  public long sceneEntry(
      Channel channel,
      int index,
      EntryKind kind,
      Content content,
      long lengthBytes,
      long changedIn,
      byte[] name,
      byte[] metadata) {
    sceneEntry
        .wrapAndApplyHeader(buffer, 0, header)
        .index(index)
        .kind(kind)
        .content(content)
        .lengthBytes(lengthBytes)
        .changedIn(changedIn)
        .putName(name, 0, name.length)
        .putMetadata(metadata, 0, metadata.length);
    return send(channel, sceneEntry.encodedLength());
  }

  /**
   * Hashes of {@code count} chunks from {@code firstChunk} on.
   *
   * @param hashes two longs per chunk, of the whole entry
   */
  public long chunkHashes(Channel channel, int index, int firstChunk, int count, long[] hashes) {
    ChunkHashesEncoder.HashesEncoder group =
        chunkHashes
            .wrapAndApplyHeader(buffer, 0, header)
            .index(index)
            .firstChunk(firstChunk)
            .hashesCount(count);
    for (int i = firstChunk; i < firstChunk + count; i++) {
      group.next().low(hashes[2 * i]).high(hashes[2 * i + 1]);
    }
    return send(channel, chunkHashes.encodedLength());
  }

  /** The manifest is complete. */
  public long sceneEnd(Channel channel, long generation) {
    sceneEnd.wrapAndApplyHeader(buffer, 0, header).generation(generation);
    return send(channel, sceneEnd.encodedLength());
  }

  /**
   * The worker lacks these chunks.
   *
   * @param ranges triples (entry index, first chunk, chunk count)
   * @param from first triple to send
   * @param count triples to send
   */
  public long want(Channel channel, long generation, int[] ranges, int from, int count) {
    WantEncoder.RangesEncoder group =
        want.wrapAndApplyHeader(buffer, 0, header).generation(generation).rangesCount(count);
    for (int i = 3 * from; i < 3 * (from + count); i += 3) {
      group.next().index(ranges[i]).firstChunk(ranges[i + 1]).chunkCount(ranges[i + 2]);
    }
    return send(channel, want.encodedLength());
  }

  /** Chunks were written. */
  public long landed(Outbound channel, long generation, int index, int firstChunk, int chunkCount) {
    landed
        .wrapAndApplyHeader(buffer, 0, header)
        .generation(generation)
        .index(index)
        .firstChunk(firstChunk)
        .chunkCount(chunkCount);
    return send(channel, landed.encodedLength());
  }

  /** Chunks were written to all who listen. */
  public long broadcastLanded(
      Outbound broadcast, long generation, int index, int firstChunk, int chunkCount) {
    broadcastLanded
        .wrapAndApplyHeader(buffer, 0, header)
        .generation(generation)
        .index(index)
        .firstChunk(firstChunk)
        .chunkCount(chunkCount);
    return send(broadcast, broadcastLanded.encodedLength());
  }

  /** Nothing more of this generation comes by broadcast. */
  public long broadcastEnd(Outbound broadcast, long generation) {
    broadcastEnd.wrapAndApplyHeader(buffer, 0, header).generation(generation);
    return send(broadcast, broadcastEnd.encodedLength());
  }

  /** Every chunk is here; what is still on its way needn't be sent. */
  public long complete(Channel channel, long generation) {
    complete.wrapAndApplyHeader(buffer, 0, header).generation(generation);
    return send(channel, complete.encodedLength());
  }

  /** No write of this generation follows. */
  public long drained(Channel channel, long generation) {
    drained.wrapAndApplyHeader(buffer, 0, header).generation(generation);
    return send(channel, drained.encodedLength());
  }

  /** The worker's device has the generation. */
  public long sceneReady(Channel channel, long generation) {
    sceneReady.wrapAndApplyHeader(buffer, 0, header).generation(generation);
    return send(channel, sceneReady.encodedLength());
  }

  /** The worker's device can't take the generation. */
  public long sceneFailed(Channel channel, long generation, String reason) {
    sceneFailed.wrapAndApplyHeader(buffer, 0, header).generation(generation);
    byte[] text = text(reason);
    sceneFailed.putReason(text, 0, text.length);
    return send(channel, sceneFailed.encodedLength());
  }

  /** A unit for the worker, whose pass goes to the beginning of a region. */
  public long render(
      Channel channel, long unitId, org.paceline.api.WorkUnit unit, int stride, int region) {
    render
        .wrapAndApplyHeader(buffer, 0, header)
        .unitId(unitId)
        .generation(unit.generation())
        .slotOffset(0)
        .x(unit.x())
        .y(unit.y())
        .width(unit.width())
        .height(unit.height())
        .firstSample(unit.firstSample())
        .sampleCount(unit.sampleCount())
        .stride(stride)
        .slotRegion(region);
    return send(channel, render.encodedLength());
  }

  /** A unit ended; its pass was written before. */
  public long passDone(
      Channel channel, long unitId, long renderNs, PassStatus status, String reason) {
    passDone.wrapAndApplyHeader(buffer, 0, header).unitId(unitId).renderNs(renderNs).status(status);
    byte[] text = text(reason);
    passDone.putReason(text, 0, text.length);
    return send(channel, passDone.encodedLength());
  }

  /** Units given so far are no longer needed. */
  public long cancelUnits(Channel channel) {
    cancelUnits.wrapAndApplyHeader(buffer, 0, header);
    return send(channel, cancelUnits.encodedLength());
  }

  /** The worker will end: it takes no more units, and would like to be let go. */
  public long leaving(Channel channel) {
    leaving.wrapAndApplyHeader(buffer, 0, header);
    return send(channel, leaving.encodedLength());
  }

  /** A sign of life. */
  public long heartbeat(Channel channel, long sentNs, long echoNs, long echoDelayNs) {
    heartbeat
        .wrapAndApplyHeader(buffer, 0, header)
        .sentNs(sentNs)
        .echoNs(echoNs)
        .echoDelayNs(echoDelayNs);
    return send(channel, heartbeat.encodedLength());
  }

  private long send(Outbound channel, int encodedLength) {
    return channel.offer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
  }

  private static final byte[] NO_TEXT = {};

  private static byte[] text(String value) {
    if (value.isEmpty()) {
      return NO_TEXT;
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= MAX_TEXT_BYTES ? bytes : java.util.Arrays.copyOf(bytes, MAX_TEXT_BYTES);
  }
}
