// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What SENDs carry, little-endian. Each side's first is a preamble; every later one a header and
 * any number of frames, each at a multiple of 8:
 *
 * <pre>
 * preamble   0        8         12
 *            | "PACELINE" | version |
 *
 * header     0         8         16        20            24
 *            | granted | written | revoked | frame bytes | frames ...
 *
 * frame      0      4        8
 *            | type | length | payload (length bytes) ...
 * </pre>
 *
 * {@code granted} counts the receives posted so far, {@code written} the bytes of the region writes
 * issued so far, {@code revoked} the REVOKE frames obeyed so far. Payloads:
 *
 * <pre>
 * PART, MESSAGE   bytes of a message; all but its last piece are PARTs
 * ANNOUNCE        0 region id, 8 address, 16 length     the peer may write there, once it has the keys
 * KEY             0 region id, 4 piece, 8 remote key    of the region's next {@link #PIECE_BYTES}
 * REVOKE          0 region id                           the peer may no longer write there
 * FAULT           0 region id, 8 offset, 16 length      a write that was asked of the sender and is illegal
 * BYE             nothing                               the last frame of all
 * </pre>
 */
final class Frame {
  static final int VERSION = 1;
  static final int PREAMBLE_BYTES = 12;
  static final int HEADER_BYTES = 24;
  static final int FRAME_HEADER_BYTES = 8;
  static final int ALIGNMENT = 8;

  /** Longest SEND, and the size of a receive. */
  static final int MAX_SEND_BYTES = 16 << 10;

  static final int MAX_MESSAGE_BYTES = 128 << 10;

  /**
   * A region is registered, and gets keys, in pieces of this size: DiSNI takes no more than 2 GiB,
   * and pinning a piece should not hold a channel's thread up for long.
   */
  static final long PIECE_BYTES = 64L << 20;

  static final int PART = 1;
  static final int MESSAGE = 2;
  static final int ANNOUNCE = 3;
  static final int KEY = 4;
  static final int REVOKE = 5;
  static final int FAULT = 6;
  static final int BYE = 7;

  static final int ANNOUNCE_BYTES = 24;
  static final int KEY_BYTES = 16;
  static final int REVOKE_BYTES = 8;
  static final int FAULT_BYTES = 24;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final byte[] MAGIC = "PACELINE".getBytes(StandardCharsets.US_ASCII);

  private Frame() {}

  static int aligned(int bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Number of pieces of a region of that length. */
  static long pieces(long regionBytes) {
    return regionBytes / PIECE_BYTES + (regionBytes % PIECE_BYTES == 0 ? 0 : 1);
  }

  static void putPreamble(MutableDirectBuffer buffer, int at) {
    buffer.putBytes(at, MAGIC);
    buffer.putInt(at + MAGIC.length, VERSION, ORDER);
  }

  /** What is wrong with a preamble of {@code length} bytes; null if nothing. */
  static String preambleFault(DirectBuffer buffer, int at, int length) {
    boolean ours = length == PREAMBLE_BYTES;
    for (int i = 0; ours && i < MAGIC.length; i++) {
      ours = buffer.getByte(at + i) == MAGIC[i];
    }
    if (!ours) {
      return "it does not speak Paceline's protocol";
    }
    int version = buffer.getInt(at + MAGIC.length, ORDER);
    if (version == VERSION) {
      return null;
    }
    return "it speaks version "
        + version
        + " of the RDMA transport, this side version "
        + VERSION
        + (version > VERSION ? ": upgrade this side" : ": upgrade the other side");
  }

  static void putHeader(
      MutableDirectBuffer buffer, int at, long granted, long written, int revoked, int frameBytes) {
    buffer.putLong(at, granted, ORDER);
    buffer.putLong(at + 8, written, ORDER);
    buffer.putInt(at + 16, revoked, ORDER);
    buffer.putInt(at + 20, frameBytes, ORDER);
  }

  static long granted(DirectBuffer buffer, int at) {
    return buffer.getLong(at, ORDER);
  }

  static long written(DirectBuffer buffer, int at) {
    return buffer.getLong(at + 8, ORDER);
  }

  static int revoked(DirectBuffer buffer, int at) {
    return buffer.getInt(at + 16, ORDER);
  }

  static int frameBytes(DirectBuffer buffer, int at) {
    return buffer.getInt(at + 20, ORDER);
  }

  /** Returns where the payload begins. */
  static int putFrame(MutableDirectBuffer buffer, int at, int type, int length) {
    buffer.putInt(at, type, ORDER);
    buffer.putInt(at + 4, length, ORDER);
    return at + FRAME_HEADER_BYTES;
  }

  static int type(DirectBuffer buffer, int at) {
    return buffer.getInt(at, ORDER);
  }

  static int length(DirectBuffer buffer, int at) {
    return buffer.getInt(at + 4, ORDER);
  }

  /** The payload of ANNOUNCE (address and length) and FAULT (offset and length). */
  static void putRange(MutableDirectBuffer buffer, int at, int regionId, long start, long length) {
    buffer.putInt(at, regionId, ORDER);
    buffer.putInt(at + 4, 0, ORDER);
    buffer.putLong(at + 8, start, ORDER);
    buffer.putLong(at + 16, length, ORDER);
  }

  static int regionId(DirectBuffer buffer, int at) {
    return buffer.getInt(at, ORDER);
  }

  static long rangeStart(DirectBuffer buffer, int at) {
    return buffer.getLong(at + 8, ORDER);
  }

  static long rangeLength(DirectBuffer buffer, int at) {
    return buffer.getLong(at + 16, ORDER);
  }

  static void putKey(MutableDirectBuffer buffer, int at, int regionId, int piece, int key) {
    buffer.putInt(at, regionId, ORDER);
    buffer.putInt(at + 4, piece, ORDER);
    buffer.putInt(at + 8, key, ORDER);
    buffer.putInt(at + 12, 0, ORDER);
  }

  static int keyPiece(DirectBuffer buffer, int at) {
    return buffer.getInt(at + 4, ORDER);
  }

  static int key(DirectBuffer buffer, int at) {
    return buffer.getInt(at + 8, ORDER);
  }

  static void putRevoke(MutableDirectBuffer buffer, int at, int regionId) {
    buffer.putInt(at, regionId, ORDER);
    buffer.putInt(at + 4, 0, ORDER);
  }
}
