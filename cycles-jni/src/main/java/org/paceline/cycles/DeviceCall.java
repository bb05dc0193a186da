// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.paceline.api.BufferSpec;
import org.paceline.api.NativeMemory;

/** One call that Cycles made on its device, as the native side recorded it. */
interface DeviceCall {
  /** {@code mem_copy_to}; {@code content} is the renderer's own memory. */
  record CopyTo(BufferSpec spec, NativeMemory content) implements DeviceCall {}

  /** {@code const_copy_to}; {@code value} is the renderer's own memory. */
  record ConstCopyTo(String name, NativeMemory value) implements DeviceCall {}

  /** {@code mem_free}. */
  record Free(String name) implements DeviceCall {}

  /** Decodes what {@link CyclesNative#sceneTakeCalls} returns. */
  static List<DeviceCall> decode(byte[] encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    int count = in.getInt();
    List<DeviceCall> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte kind = in.get();
      String name = new String(bytes(in), StandardCharsets.UTF_8);
      byte[] metadata = bytes(in);
      NativeMemory memory = NativeMemory.borrow(in.getLong(), in.getLong());
      calls.add(
          switch (kind) {
            case 0 -> copyTo(name, BufferSpec.Kind.GLOBAL, metadata, memory);
            case 1 -> copyTo(name, BufferSpec.Kind.TEXTURE, metadata, memory);
            case 2 -> new ConstCopyTo(name, memory);
            case 3 -> new Free(name);
            default -> throw new IllegalStateException("device call of unknown kind " + kind);
          });
    }
    return calls;
  }

  private static CopyTo copyTo(
      String name, BufferSpec.Kind kind, byte[] metadata, NativeMemory memory) {
    return new CopyTo(new BufferSpec(name, kind, memory.lengthBytes(), metadata), memory);
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    return bytes;
  }
}
