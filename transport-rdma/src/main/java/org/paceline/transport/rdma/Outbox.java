// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;

/**
 * What a channel has accepted and not yet posted, and what is posted and not yet carried out;
 * bounded, in order.
 *
 * <p>Frames that follow each other leave in one SEND. A write of up to {@link #COPIED_WRITE_BYTES}
 * is copied to the send buffer, a longer one is sent from where it lies, in pieces. Positions count
 * bytes.
 */
final class Outbox {
  /**
   * Up to here a copy costs less than registering memory and ending the registration; and what is
   * copied still arrives if the channel closes right away.
   */
  static final int COPIED_WRITE_BYTES = 64 << 10;

  /** Longest piece of a write, so that the peer can be told of progress and keys can change. */
  static final int WRITE_PIECE_BYTES = 1 << 20;

  /** Region bytes posted in one go, so that channels that share a thread all get their turn. */
  private static final long DRIVE_BYTES = 8L << 20;

  private static final int STAGING_BYTES = 1 << 20;

  /** A SEND without accepted frames: a header and at most one short frame. */
  private static final int CONTROL_BYTES = 64;

  /** Size of the send buffer. */
  static final int BUFFER_BYTES = STAGING_BYTES + SendPort.DEPTH * CONTROL_BYTES;

  static final int MAX_OPERATIONS = 256;

  /** A piece of a message shorter than this is not worth a frame. */
  private static final int MIN_PART_BYTES = 256;

  /** Completions are asked for this often, where nothing waits for one. */
  private static final int SIGNAL_EVERY = 8;

  private static final byte SEND = 0;
  private static final byte COPIED_WRITE = 1;
  private static final byte DIRECT_WRITE = 2;

  private final Credits credits;
  private final RemoteRegions regions;
  private final SendPort port;
  private final SourceMemory sources;
  private final NativeMemory memory;
  private final UnsafeBuffer buffer;
  private final int bufferKey;

  private final byte[] kinds = new byte[MAX_OPERATIONS];
  private final int[] stagedAt = new int[MAX_OPERATIONS];
  private final int[] stagedLength = new int[MAX_OPERATIONS];
  private final long[] stagedEnd = new long[MAX_OPERATIONS];
  private final int[] regionIds = new int[MAX_OPERATIONS];
  private final long[] regionOffsets = new long[MAX_OPERATIONS];
  private final long[] addresses = new long[MAX_OPERATIONS];
  private final long[] remaining = new long[MAX_OPERATIONS];
  private final long[] sourceStarts = new long[MAX_OPERATIONS];
  private final long[] sourceEnds = new long[MAX_OPERATIONS];
  private final long[] positionEnds = new long[MAX_OPERATIONS];
  private long firstOperation;
  private long endOperation;

  private final long[] postedStagedEnd = new long[SendPort.DEPTH];
  private final long[] postedPosition = new long[SendPort.DEPTH];
  private final boolean[] endsDirectWrite = new boolean[SendPort.DEPTH];
  private final SourceMemory.Window[] postedWindow = new SourceMemory.Window[SendPort.DEPTH];
  private long sentUpTo;

  private long stagedHead;
  private long stagedTail;
  private long stagedPosted;
  private long acceptedPosition;
  private long completedPosition;
  private int directWrites;

  private long written;
  private long toldWritten;
  private int toldRevoked;
  private boolean faulted;
  private boolean closing;

  Outbox(
      Credits credits,
      RemoteRegions regions,
      SendPort port,
      SourceMemory sources,
      NativeMemory memory,
      int bufferKey) {
    this.credits = credits;
    this.regions = regions;
    this.port = port;
    this.sources = sources;
    this.memory = memory;
    this.buffer = new UnsafeBuffer(memory.address(), BUFFER_BYTES);
    this.bufferKey = bufferKey;
  }

  /** Posts the preamble; it is the first thing of all. */
  void greet() throws IOException {
    int at = controlSlot();
    Frame.putPreamble(buffer, at);
    post(at, Frame.PREAMBLE_BYTES);
  }

  /** Queues a copy of a message; the position after it, or {@link Channel#BACK_PRESSURED}. */
  long message(DirectBuffer source, int offset, int length) {
    if (!hasRoomFor(length)) {
      return Channel.BACK_PRESSURED;
    }
    int at = offset;
    int left = length;
    while (left > 0) {
      int room = roomInOpenSend();
      int part = room >= left || room >= MIN_PART_BYTES ? Math.min(room, left) : 0;
      if (part == 0) {
        part = Math.min(Frame.MAX_SEND_BYTES - Frame.HEADER_BYTES - Frame.FRAME_HEADER_BYTES, left);
      }
      int payload = frame(part < left ? Frame.PART : Frame.MESSAGE, part);
      source.getBytes(at, buffer, payload, part);
      at += part;
      left -= part;
    }
    return accepted(Frame.FRAME_HEADER_BYTES + length);
  }

  /** Queues an announcement; false if there is no room. */
  boolean announce(int regionId, long address, long lengthBytes) {
    if (!hasRoomFor(Frame.ANNOUNCE_BYTES)) {
      return false;
    }
    int payload = frame(Frame.ANNOUNCE, Frame.ANNOUNCE_BYTES);
    Frame.putRange(buffer, payload, regionId, address, lengthBytes);
    return true;
  }

  /** Queues a key; false if there is no room. */
  boolean key(int regionId, int piece, int key) {
    if (!hasRoomFor(Frame.KEY_BYTES)) {
      return false;
    }
    Frame.putKey(buffer, frame(Frame.KEY, Frame.KEY_BYTES), regionId, piece, key);
    return true;
  }

  /** Queues a revocation; false if there is no room. */
  boolean revoke(int regionId) {
    if (!hasRoomFor(Frame.REVOKE_BYTES)) {
      return false;
    }
    Frame.putRevoke(buffer, frame(Frame.REVOKE, Frame.REVOKE_BYTES), regionId);
    return true;
  }

  /** Queues the last frame of all, if there is room. */
  void bye() {
    if (hasRoomFor(0)) {
      frame(Frame.BYE, 0);
    }
    closing = true;
  }

  /** Queues a region write; the position after it, or {@link Channel#BACK_PRESSURED}. */
  long write(int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
    boolean direct = length > COPIED_WRITE_BYTES;
    int staged = direct ? 0 : Frame.aligned((int) length);
    if (endOperation - firstOperation == MAX_OPERATIONS || !canStage(staged)) {
      return Channel.BACK_PRESSURED;
    }
    int added = slot(endOperation++);
    kinds[added] = direct ? DIRECT_WRITE : COPIED_WRITE;
    regionIds[added] = regionId;
    regionOffsets[added] = regionOffset;
    remaining[added] = length;
    if (direct) {
      addresses[added] = source.address() + sourceOffset;
      sourceStarts[added] = source.address();
      sourceEnds[added] = source.address() + source.lengthBytes();
      directWrites++;
    } else {
      int at = stage(staged);
      addresses[added] = memory.address() + at;
      memory.copyFrom(at, source, sourceOffset, length);
    }
    stagedEnd[added] = stagedTail;
    long position = accepted(Frame.FRAME_HEADER_BYTES + length);
    positionEnds[added] = position;
    return position;
  }

  private long accepted(long bytes) {
    acceptedPosition += bytes;
    if (directWrites == 0) {
      completedPosition = acceptedPosition;
    }
    return acceptedPosition;
  }

  /** Whether frames with so many bytes of payload, in one message or one other frame, have room. */
  private boolean hasRoomFor(int bytes) {
    int sends = bytes / (Frame.MAX_SEND_BYTES / 2) + 2;
    return endOperation - firstOperation + sends <= MAX_OPERATIONS
        && stagedTail - stagedHead + bytes + 2 * Frame.MAX_SEND_BYTES <= STAGING_BYTES;
  }

  private boolean canStage(int bytes) {
    return stagedTail + skippedBefore(bytes) + bytes - stagedHead <= STAGING_BYTES;
  }

  /** Bytes at the ring's end that are too few for {@code bytes}. */
  private int skippedBefore(int bytes) {
    int left = STAGING_BYTES - index(stagedTail);
    return left < bytes ? left : 0;
  }

  private int stage(int bytes) {
    stagedTail += skippedBefore(bytes);
    int at = index(stagedTail);
    stagedTail += bytes;
    return at;
  }

  private static int index(long staged) {
    return (int) staged & (STAGING_BYTES - 1);
  }

  private static int slot(long operation) {
    return (int) operation & (MAX_OPERATIONS - 1);
  }

  /** Payload bytes that one more frame in the last SEND could have; negative if it can't. */
  private int roomInOpenSend() {
    if (firstOperation == endOperation) {
      return -1;
    }
    int last = slot(endOperation - 1);
    int end = stagedAt[last] + stagedLength[last];
    if (kinds[last] != SEND || stagedEnd[last] != stagedTail) {
      return -1;
    }
    int room = Math.min(Frame.MAX_SEND_BYTES - stagedLength[last], STAGING_BYTES - end);
    return room - Frame.FRAME_HEADER_BYTES;
  }

  /** Adds a frame, for which there must be room; returns where its payload belongs. */
  private int frame(int type, int length) {
    int bytes = Frame.FRAME_HEADER_BYTES + Frame.aligned(length);
    if (roomInOpenSend() < Frame.aligned(length)) {
      int added = slot(endOperation++);
      kinds[added] = SEND;
      stagedAt[added] = stage(Frame.HEADER_BYTES + bytes);
      stagedLength[added] = Frame.HEADER_BYTES;
    } else {
      stage(bytes);
    }
    int last = slot(endOperation - 1);
    int at = stagedAt[last] + stagedLength[last];
    stagedLength[last] += bytes;
    stagedEnd[last] = stagedTail;
    return Frame.putFrame(buffer, at, type, length);
  }

  /**
   * Posts what can be, and tells the peer what it should know.
   *
   * @return how much was posted
   * @throws IOException if source memory can't be registered or nothing can be posted
   */
  int drive() throws IOException {
    long before = port.next();
    long writtenLimit = written + DRIVE_BYTES;
    boolean goesOn = !faulted;
    while (goesOn && firstOperation < endOperation && written < writtenLimit && port.hasRoom()) {
      int first = slot(firstOperation);
      goesOn = kinds[first] == SEND ? postSend(first) : postWrite(first);
    }
    boolean news = written != toldWritten || regions.revoked() != toldRevoked;
    if (port.hasRoom() && (credits.shouldTell() || (news && credits.maySend()))) {
      postHeader();
    }
    return (int) (port.next() - before);
  }

  private boolean postSend(int operation) throws IOException {
    if (!credits.maySend()) {
      return false;
    }
    int at = stagedAt[operation];
    int length = stagedLength[operation];
    stagedPosted = stagedEnd[operation];
    firstOperation++;
    putHeader(at, length - Frame.HEADER_BYTES);
    post(at, length);
    return true;
  }

  private boolean postWrite(int operation) throws IOException {
    RemoteRegions.Region region = regions.find(regionIds[operation]);
    long offset = regionOffsets[operation];
    long left = remaining[operation];
    if (region == null || !region.contains(offset, left)) {
      if (credits.maySend()) {
        postFault(operation);
      }
      return false;
    }
    if (left > 0) {
      if (!region.hasKey(offset)) {
        return false;
      }
      postPiece(operation, region);
    }
    if (remaining[operation] == 0) {
      stagedPosted = stagedEnd[operation];
      firstOperation++;
    }
    boolean sendFollows =
        remaining[operation] == 0
            && firstOperation < endOperation
            && kinds[slot(firstOperation)] == SEND;
    if (written - toldWritten >= WRITE_PIECE_BYTES
        && !sendFollows
        && port.hasRoom()
        && credits.maySend()) {
      postHeader();
    }
    return true;
  }

  private void postPiece(int operation, RemoteRegions.Region region) throws IOException {
    long offset = regionOffsets[operation];
    long address = addresses[operation];
    long length = Math.min(remaining[operation], WRITE_PIECE_BYTES);
    length = Math.min(length, Frame.PIECE_BYTES - offset % Frame.PIECE_BYTES);
    int posting = (int) port.next() & (SendPort.DEPTH - 1);
    boolean direct = kinds[operation] == DIRECT_WRITE;
    int localKey = bufferKey;
    if (direct) {
      SourceMemory.Window window =
          sources.acquire(address, sourceStarts[operation], sourceEnds[operation]);
      postedWindow[posting] = window;
      localKey = window.localKey();
      length = Math.min(length, window.end() - address);
    }
    boolean last = length == remaining[operation];
    postedStagedEnd[posting] = last ? stagedEnd[operation] : stagedPosted;
    postedPosition[posting] = direct ? positionEnds[operation] - remaining[operation] + length : 0;
    endsDirectWrite[posting] = direct && last;
    port.write(
        address,
        (int) length,
        localKey,
        region.addressOf(offset),
        region.key(offset),
        direct || signal());
    addresses[operation] += length;
    regionOffsets[operation] += length;
    remaining[operation] -= length;
    written += length;
  }

  /** The peer finds out what is wrong with it, and ends the channel. Nothing is sent any more. */
  private void postFault(int operation) throws IOException {
    int at = controlSlot();
    int payload = Frame.putFrame(buffer, at + Frame.HEADER_BYTES, Frame.FAULT, Frame.FAULT_BYTES);
    Frame.putRange(
        buffer, payload, regionIds[operation], regionOffsets[operation], remaining[operation]);
    int frameBytes = Frame.FRAME_HEADER_BYTES + Frame.FAULT_BYTES;
    putHeader(at, frameBytes);
    post(at, Frame.HEADER_BYTES + frameBytes);
    faulted = true;
  }

  private void postHeader() throws IOException {
    int at = controlSlot();
    putHeader(at, 0);
    post(at, Frame.HEADER_BYTES);
  }

  /** Each posting has its own, so that none is changed before it was carried out. */
  private int controlSlot() {
    return STAGING_BYTES + ((int) port.next() & (SendPort.DEPTH - 1)) * CONTROL_BYTES;
  }

  private void putHeader(int at, int frameBytes) {
    toldWritten = written;
    toldRevoked = regions.revoked();
    Frame.putHeader(buffer, at, credits.posted(), toldWritten, toldRevoked, frameBytes);
  }

  private void post(int at, int length) throws IOException {
    int posting = (int) port.next() & (SendPort.DEPTH - 1);
    postedStagedEnd[posting] = stagedPosted;
    postedPosition[posting] = 0;
    credits.onSend();
    port.send(at, length, signal());
  }

  private boolean signal() {
    return closing || port.next() % SIGNAL_EVERY == SIGNAL_EVERY - 1;
  }

  /** Everything posted before this number has been carried out. */
  void onSent(long upTo) {
    for (; sentUpTo < upTo; sentUpTo++) {
      int posting = (int) sentUpTo & (SendPort.DEPTH - 1);
      stagedHead = postedStagedEnd[posting];
      releaseWindow(posting);
      if (postedPosition[posting] > 0) {
        completedPosition = postedPosition[posting];
        if (endsDirectWrite[posting] && --directWrites == 0) {
          completedPosition = acceptedPosition;
        }
      }
    }
  }

  private void releaseWindow(int posting) {
    SourceMemory.Window window = postedWindow[posting];
    if (window != null) {
      postedWindow[posting] = null;
      sources.release(window);
    }
  }

  /** Whether all that was accepted has been posted. */
  boolean isFlushed() {
    return firstOperation == endOperation && !faulted;
  }

  /** Whether the device may still read memory that is not this channel's. */
  boolean readsSources() {
    for (SourceMemory.Window window : postedWindow) {
      if (window != null) {
        return true;
      }
    }
    return false;
  }

  /** Everything up to here has left the memory it was sent from. */
  long completedPosition() {
    return completedPosition;
  }

  /** Forgets what is queued and lets go of source memory. */
  void abandon() {
    firstOperation = endOperation;
    for (int i = 0; i < SendPort.DEPTH; i++) {
      releaseWindow(i);
    }
  }
}
