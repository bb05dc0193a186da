// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.paceline.api.NativeMemory;

/**
 * What is on the wire, little-endian. Each side first sends a preamble, then any number of frames:
 *
 * <pre>
 * preamble   0        8         12
 *            | "PACELINE" | version |
 *
 * frame      0        4          8               16       24
 *            |  type  | region id | region offset | length | payload (length bytes) ...
 * </pre>
 *
 * A message has region id and offset 0 and 1 to {@link #MAX_MESSAGE_BYTES} bytes of payload; a
 * write's payload goes to the region.
 */
final class Frame {
  static final int VERSION = 1;
  static final int PREAMBLE_BYTES = 12;
  static final int HEADER_BYTES = 24;
  static final int MAX_MESSAGE_BYTES = 128 << 10;
  static final int TYPE_MESSAGE = 1;
  static final int TYPE_WRITE = 2;

  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final byte[] MAGIC = "PACELINE".getBytes(StandardCharsets.US_ASCII);

  private Frame() {}

  static void putPreamble(NativeMemory memory, long at) {
    memory.putBytes(at, MAGIC, 0, MAGIC.length);
    putInt(memory, at + MAGIC.length, VERSION);
  }

  /** What is wrong with the first {@code available} bytes of a preamble; null if nothing. */
  static String preambleFault(NativeMemory memory, long at, int available) {
    for (int i = 0; i < Math.min(available, MAGIC.length); i++) {
      if (memory.getByte(at + i) != MAGIC[i]) {
        return "it isn't Paceline: it doesn't speak its protocol";
      }
    }
    if (available < PREAMBLE_BYTES) {
      return null;
    }
    int version = getInt(memory, at + MAGIC.length);
    if (version == VERSION) {
      return null;
    }
    return "it speaks version "
        + version
        + " of the TCP transport, this side version "
        + VERSION
        + (version > VERSION ? ": upgrade this side" : ": upgrade the other side");
  }

  static void putHeader(
      NativeMemory memory, long at, int type, int regionId, long regionOffset, long length) {
    putInt(memory, at, type);
    putInt(memory, at + 4, regionId);
    putLong(memory, at + 8, regionOffset);
    putLong(memory, at + 16, length);
  }

  static int type(NativeMemory memory, long at) {
    return getInt(memory, at);
  }

  static int regionId(NativeMemory memory, long at) {
    return getInt(memory, at + 4);
  }

  static long regionOffset(NativeMemory memory, long at) {
    return getLong(memory, at + 8);
  }

  static long length(NativeMemory memory, long at) {
    return getLong(memory, at + 16);
  }

  private static void putInt(NativeMemory memory, long at, int value) {
    memory.putInt(at, LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
  }

  private static int getInt(NativeMemory memory, long at) {
    int value = memory.getInt(at);
    return LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
  }

  private static void putLong(NativeMemory memory, long at, long value) {
    memory.putLong(at, LITTLE_ENDIAN ? value : Long.reverseBytes(value));
  }

  private static long getLong(NativeMemory memory, long at) {
    long value = memory.getLong(at);
    return LITTLE_ENDIAN ? value : Long.reverseBytes(value);
  }
}
