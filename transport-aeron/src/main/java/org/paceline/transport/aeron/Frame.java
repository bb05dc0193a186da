// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
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
 * What Aeron messages mean, little-endian. The host's first is a HELLO, the worker's a WELCOME; any
 * number of others follow. Over UDP both fill a datagram of the greatest length that their sender
 * will use. Their type, and an id, are in the value that Aeron's header has for its users.
 *
 * <pre>
 *         0        4         8
 *         |  type  |   id    |                            payload
 * GREETING                      | type | version | "PACELINE" | reply port | padding |
 * MESSAGE             0         | bytes ...
 * WRITE            region       | region offset (8) | length (8) | bytes ...
 * WRITES              0         | region (4) | length (4) | region offset (8) | bytes ... | region ...
 * JOIN            session       | port | address length | address (16) |
 * JOINED/LEFT     session       |
 * BYE                 0         |
 * </pre>
 *
 * Aeron cuts what is longer than a datagram and marks its first and its last piece, of which the
 * first one's type counts; only a MESSAGE or a WRITE may be cut. Control frames (JOIN, JOINED,
 * LEFT, BYE) may stand between the pieces of a WRITE. In WRITES, each begins at a multiple of
 * {@value #ALIGNMENT} bytes.
 */
final class Frame {
  static final int VERSION = 2;
  static final int ALIGNMENT = Long.BYTES;
  static final int GREETING_BYTES = 24;
  static final int WRITE_HEADER_BYTES = 16;
  static final int JOIN_BYTES = 24;
  static final int MAX_MESSAGE_BYTES = 128 << 10;

  /** Types of a first frame, in its payload. */
  static final int HELLO = 1;

  static final int WELCOME = 2;

  /** Types of frames. */
  static final int GREETING = 1;

  static final int MESSAGE = 2;
  static final int WRITE = 3;
  static final int WRITES = 4;
  static final int JOIN = 5;
  static final int JOINED = 6;
  static final int LEFT = 7;
  static final int BYE = 8;

  private static final long MAGIC =
      ByteBuffer.wrap("PACELINE".getBytes(StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();

  private Frame() {}

  /** The value that Aeron's header has for its users. */
  static long value(int type, int id) {
    return (long) id << 32 | type;
  }

  static int type(long value) {
    return (int) value;
  }

  /** The region's, or the broadcast's session. */
  static int id(long value) {
    return (int) (value >>> 32);
  }

  static void putGreeting(MutableDirectBuffer buffer, int at, int type, int replyPort) {
    buffer.putInt(at, type, ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(at + 4, VERSION, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(at + 8, MAGIC, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(at + 16, replyPort, ByteOrder.LITTLE_ENDIAN);
  }

  /** What is wrong with a peer's first frame; null if nothing. */
  static String greetingFault(DirectBuffer buffer, int at, int length, int expectedType) {
    if (!isGreeting(buffer, at, length) || intAt(buffer, at) != expectedType) {
      return "it does not speak Paceline's protocol";
    }
    int version = intAt(buffer, at + 4);
    if (version == VERSION) {
      return null;
    }
    return "it speaks version "
        + version
        + " of the Aeron transport, this side version "
        + VERSION
        + (version > VERSION ? ": upgrade this side" : ": upgrade the other side");
  }

  private static boolean isGreeting(DirectBuffer buffer, int at, int length) {
    return length >= GREETING_BYTES && longAt(buffer, at + 8) == MAGIC;
  }

  /** The datagram payload that a greeting of this length came in; 0 if it isn't padded. */
  static int datagramBytes(int length) {
    return length <= GREETING_BYTES
        ? 0
        : BitUtil.align(
            DataHeaderFlyweight.HEADER_LENGTH + length, FrameDescriptor.FRAME_ALIGNMENT);
  }

  /** Whether a first frame has only the version wrong. */
  static boolean isOtherVersion(DirectBuffer buffer, int at, int length) {
    return isGreeting(buffer, at, length) && intAt(buffer, at + 4) != VERSION;
  }

  /** Where the host listens for the answer, not checked; -1 in what is no HELLO. */
  static long replyPort(DirectBuffer buffer, int at, int length) {
    boolean hello = isGreeting(buffer, at, length) && intAt(buffer, at) == HELLO;
    return hello ? longAt(buffer, at + 16) : -1;
  }

  static void putJoin(MutableDirectBuffer buffer, int at, InetSocketAddress group) {
    byte[] address = group.getAddress().getAddress();
    buffer.putInt(at, group.getPort(), ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(at + 4, address.length, ByteOrder.LITTLE_ENDIAN);
    buffer.putBytes(at + 8, new byte[JOIN_BYTES - 8]);
    buffer.putBytes(at + 8, address);
  }

  /** What a JOIN of {@link #JOIN_BYTES} names; null if it makes no sense. */
  static InetSocketAddress group(DirectBuffer buffer, int at) {
    int port = intAt(buffer, at);
    int length = intAt(buffer, at + 4);
    if (port < 1 || port > 65_535 || (length != 4 && length != 16)) {
      return null;
    }
    byte[] address = new byte[length];
    buffer.getBytes(at + 8, address);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }

  /** Begins a WRITE. */
  static void putWriteHeader(MutableDirectBuffer buffer, int at, long regionOffset, long length) {
    buffer.putLong(at, regionOffset, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(at + 8, length, ByteOrder.LITTLE_ENDIAN);
  }

  static long writeOffset(DirectBuffer buffer, int at) {
    return longAt(buffer, at);
  }

  static long writeLength(DirectBuffer buffer, int at) {
    return longAt(buffer, at + 8);
  }

  /** Begins one of WRITES. */
  static void putSmallHeader(
      MutableDirectBuffer buffer, int at, int regionId, long regionOffset, int length) {
    buffer.putInt(at, regionId, ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(at + 4, length, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(at + 8, regionOffset, ByteOrder.LITTLE_ENDIAN);
  }

  static int smallRegion(DirectBuffer buffer, int at) {
    return intAt(buffer, at);
  }

  static int smallLength(DirectBuffer buffer, int at) {
    return intAt(buffer, at + 4);
  }

  static long smallOffset(DirectBuffer buffer, int at) {
    return longAt(buffer, at + 8);
  }

  /** Where the next of WRITES begins. */
  static int nextSmall(int at, int length) {
    return at + BitUtil.align(WRITE_HEADER_BYTES + length, ALIGNMENT);
  }

  private static int intAt(DirectBuffer buffer, int at) {
    return buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
  }

  private static long longAt(DirectBuffer buffer, int at) {
    return buffer.getLong(at, ByteOrder.LITTLE_ENDIAN);
  }
}
