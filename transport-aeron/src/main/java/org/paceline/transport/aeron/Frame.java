// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What is inside an Aeron message, little-endian. The host's first frame is a HELLO, the worker's a
 * WELCOME; any number of others follow.
 *
 * <pre>
 *               0        4           8               16          24
 * HELLO/WELCOME |  type  |  version  |  "PACELINE"   | reply port |
 * MESSAGE       |  type  |     0     |       0       |     0      | payload ...
 * WRITE         |  type  | region id | region offset |   length   | payload ...
 * JOIN          |  type  |  session  | port | length |     0      | address (16 bytes)
 * JOINED/LEFT   |  type  |  session  |       0       |     0      |
 * BYE           |  type  |     0     |       0       |     0      |
 * </pre>
 *
 * Aeron cuts a frame that is longer than a datagram, and marks its first and its last piece; only a
 * message or a write may be longer. A control frame (JOINED, LEFT, BYE) may stand between the
 * pieces of a write. Behind a write that is shorter, other such writes may follow in the same Aeron
 * message, each at a multiple of {@value #ALIGNMENT} bytes.
 */
final class Frame {
  static final int VERSION = 2;
  static final int HEADER_BYTES = 24;
  static final int ALIGNMENT = Long.BYTES;
  static final int JOIN_BYTES = HEADER_BYTES + 16;
  static final int MAX_MESSAGE_BYTES = 128 << 10;

  static final int HELLO = 1;
  static final int WELCOME = 2;
  static final int MESSAGE = 3;
  static final int WRITE = 4;
  static final int JOIN = 5;
  static final int JOINED = 6;
  static final int LEFT = 7;
  static final int BYE = 8;

  private static final long MAGIC =
      ByteBuffer.wrap("PACELINE".getBytes(StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();

  private Frame() {}

  static void put(
      MutableDirectBuffer buffer, int at, int type, int id, long regionOffset, long length) {
    buffer.putInt(at, type, ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(at + 4, id, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(at + 8, regionOffset, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(at + 16, length, ByteOrder.LITTLE_ENDIAN);
  }

  /** A HELLO or WELCOME. */
  static void putGreeting(MutableDirectBuffer buffer, int at, int type, int replyPort) {
    put(buffer, at, type, VERSION, MAGIC, replyPort);
  }

  /** What is wrong with a peer's first frame; null if nothing. */
  static String greetingFault(DirectBuffer buffer, int at, int length, int expectedType) {
    if (length < HEADER_BYTES
        || type(buffer, at) != expectedType
        || regionOffset(buffer, at) != MAGIC) {
      return "it does not speak Paceline's protocol";
    }
    int version = id(buffer, at);
    if (version == VERSION) {
      return null;
    }
    return "it speaks version "
        + version
        + " of the Aeron transport, this side version "
        + VERSION
        + (version > VERSION ? ": upgrade this side" : ": upgrade the other side");
  }

  /** Whether a first frame has only the version wrong. */
  static boolean isOtherVersion(DirectBuffer buffer, int at, int length) {
    return length >= HEADER_BYTES && regionOffset(buffer, at) == MAGIC && id(buffer, at) != VERSION;
  }

  /** Where the host listens for the answer; not checked. */
  static long replyPort(DirectBuffer buffer, int at) {
    return writeLength(buffer, at);
  }

  static void putJoin(MutableDirectBuffer buffer, int at, int session, InetSocketAddress group) {
    byte[] address = group.getAddress().getAddress();
    put(buffer, at, JOIN, session, group.getPort() | (long) address.length << 32, 0);
    buffer.putBytes(at + HEADER_BYTES, new byte[JOIN_BYTES - HEADER_BYTES]);
    buffer.putBytes(at + HEADER_BYTES, address);
  }

  /** What a JOIN of {@link #JOIN_BYTES} names; null if it makes no sense. */
  static InetSocketAddress group(DirectBuffer buffer, int at) {
    int port = buffer.getInt(at + 8, ByteOrder.LITTLE_ENDIAN);
    int length = buffer.getInt(at + 12, ByteOrder.LITTLE_ENDIAN);
    if (port < 1 || port > 65_535 || (length != 4 && length != 16)) {
      return null;
    }
    byte[] address = new byte[length];
    buffer.getBytes(at + HEADER_BYTES, address);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }

  static int type(DirectBuffer buffer, int at) {
    return buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
  }

  /** The region's, version or session. */
  static int id(DirectBuffer buffer, int at) {
    return buffer.getInt(at + 4, ByteOrder.LITTLE_ENDIAN);
  }

  static long regionOffset(DirectBuffer buffer, int at) {
    return buffer.getLong(at + 8, ByteOrder.LITTLE_ENDIAN);
  }

  static long writeLength(DirectBuffer buffer, int at) {
    return buffer.getLong(at + 16, ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether a frame, or its first piece, is a write's. */
  static boolean isWrite(DirectBuffer buffer, int at, int length) {
    return length >= HEADER_BYTES && type(buffer, at) == WRITE;
  }

  /** How much of a write's payload is there, in what ends at {@code end}; never negative. */
  static int payload(DirectBuffer buffer, int at, int end) {
    return (int) Math.max(0, Math.min(end - at - HEADER_BYTES, writeLength(buffer, at)));
  }

  /** Where the frame behind a write's begins, both in one Aeron message. */
  static int next(int at, int payload) {
    return at + BitUtil.align(HEADER_BYTES + payload, ALIGNMENT);
  }
}
