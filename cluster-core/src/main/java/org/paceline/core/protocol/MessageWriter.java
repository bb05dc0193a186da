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

  private static final byte[] NO_TEXT = {};

  /** Puts bytes into a field of variable length. */
  private interface Field {
    Object put(byte[] source, int offset, int length);
  }

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
  private final ClosingEncoder closing = new ClosingEncoder();

  /** The worker's first message. */
  public long challenge(
      Channel channel, byte[] nonce, byte[] instance, String machine, String transports) {
    challenge
        .wrapAndApplyHeader(buffer, 0, header)
        .putNonce(nonce, 0, nonce.length)
        .putInstance(instance, 0, instance.length);
    put(challenge::putMachine, machine);
    put(challenge::putTransports, transports);
    return send(channel, challenge.encodedLength());
  }

  /** The host would go on over another transport. */
  public long listen(Channel channel, byte[] nonce, byte[] proof, String scheme) {
    listen
        .wrapAndApplyHeader(buffer, 0, header)
        .putNonce(nonce, 0, nonce.length)
        .putProof(proof, 0, proof.length);
    put(listen::putScheme, scheme);
    return send(channel, listen.encodedLength());
  }

  /** The worker listens there, or says why not. */
  public long listening(Channel channel, int port, byte[] proof, String reason) {
    listening.wrapAndApplyHeader(buffer, 0, header).port(port).putProof(proof, 0, proof.length);
    put(listening::putReason, reason);
    return send(channel, listening.encodedLength());
  }

  /**
   * The host's answer.
   *
   * @param link of the host's end, the same on channels that follow one another
   * @param session of the host, the same on all its channels
   */
  public long attach(
      Channel channel,
      long heartbeatTimeoutMs,
      byte[] nonce,
      byte[] proof,
      byte[] link,
      byte[] session,
      int weight,
      String[] identity) {
    attach
        .wrapAndApplyHeader(buffer, 0, header)
        .heartbeatTimeoutMs(heartbeatTimeoutMs)
        .putNonce(nonce, 0, nonce.length)
        .putProof(proof, 0, proof.length)
        .putLink(link, 0, link.length)
        .weight(weight)
        .putSession(session, 0, session.length);
    put(attach::putRenderer, identity[0]);
    put(attach::putRendererVersion, identity[1]);
    put(attach::putAbi, identity[2]);
    put(attach::putKernels, identity[3]);
    return send(channel, attach.encodedLength());
  }

  /** The worker takes the session. */
  public long attached(Channel channel, byte[] proof, String name, String kernels) {
    attached.wrapAndApplyHeader(buffer, 0, header).putProof(proof, 0, proof.length);
    put(attached::putName, name);
    put(attached::putKernels, kernels);
    return send(channel, attached.encodedLength());
  }

  /** The worker doesn't take the session. */
  public long rejected(Channel channel, RejectCode code, String reason) {
    rejected.wrapAndApplyHeader(buffer, 0, header).code(code);
    put(rejected::putReason, reason);
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
    put(sceneFailed::putReason, reason);
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
    byte[] text = utf8(reason);
    passDone.putReason(text, 0, Math.min(text.length, MAX_TEXT_BYTES));
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

  /** The sender closes the channel. */
  public long closing(Channel channel, CloseCode code, String reason) {
    closing.wrapAndApplyHeader(buffer, 0, header).code(code);
    put(closing::putReason, reason);
    return send(channel, closing.encodedLength());
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

  private static void put(Field field, String value) {
    byte[] bytes = utf8(value);
    field.put(bytes, 0, Math.min(bytes.length, MAX_TEXT_BYTES));
  }

  private static byte[] utf8(String value) {
    return value.isEmpty() ? NO_TEXT : value.getBytes(StandardCharsets.UTF_8);
  }
}
