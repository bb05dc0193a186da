// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;

/** Bytes between arrays and native memory. */
public final class Bytes {
  private Bytes() {}

  /** So many random bytes. */
  public static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A copy in native memory, the caller's to close. */
  public static NativeMemory memoryOf(byte[] bytes) {
    return NativeMemory.copyOf(new UnsafeBuffer(bytes), 0, bytes.length);
  }

  /** A copy of a part of native memory. */
  public static byte[] bytesOf(NativeMemory memory, long offset, int length) {
    byte[] bytes = new byte[length];
    memory.getBytes(offset, bytes, 0, length);
    return bytes;
  }
}
