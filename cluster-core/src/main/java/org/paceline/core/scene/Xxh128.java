// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.scene;

import com.sun.jna.FunctionMapper;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.openhft.hashing.LongTupleHashFunction;
import org.paceline.api.NativeMemory;

/**
 * xxh128 (XXH3, <a href="https://github.com/Cyan4973/xxHash">xxHash</a>) of native memory: by the C
 * library if the system has it (Debian: libxxhash0), which is several times as fast on what is in
 * the cache, else in Java. Any thread.
 */
final class Xxh128 {
  private static final LongTupleHashFunction IN_JAVA = LongTupleHashFunction.xx128();

  /** Less is hashed in Java in the time that calling the library takes. */
  private static final long WORTH_A_CALL_BYTES = 16 << 10;

  private Xxh128() {}

  /** Hashes {@code length} bytes into two longs, the lower first. */
  static void hash(long address, long length, long[] result) {
    if (length >= WORTH_A_CALL_BYTES && CLibrary.USABLE) {
      CLibrary.hash(address, length, result);
    } else {
      IN_JAVA.hashMemory(address, length, result);
    }
  }

  /** The library's {@code XXH128_hash_t}. */
  @Structure.FieldOrder({"low", "high"})
  public static final class Hash extends Structure implements Structure.ByValue {
    /** Lower 64 bits. */
    public long low;

    /** Upper 64 bits. */
    public long high;
  }

  private static final class CLibrary {
    private static final int PROBE_BYTES = 4096;

    /**
     * The second is for any processor of the architecture (with SSE2, a third as fast on what is in
     * the cache), the first chooses by what this one has, and isn't there on others than x86. It
     * leaves the upper halves of vector registers dirty, which the JVM clears after native calls.
     */
    private static final List<String> FUNCTIONS = List.of("XXH3_128bits_dispatch", "XXH3_128bits");

    private static final boolean USABLE =
        FUNCTIONS.stream().anyMatch(CLibrary::register) && agreesWithJava();

    private static boolean register(String function) {
      FunctionMapper mapper = (library, method) -> function;
      try {
        Native.register(
            CLibrary.class,
            NativeLibrary.getInstance("xxhash", Map.of(Library.OPTION_FUNCTION_MAPPER, mapper)));
        return true;
      } catch (LinkageError e) {
        return false;
      }
    }

    /** Libraries before 0.8 have another function of that name. */
    private static boolean agreesWithJava() {
      try (NativeMemory probe = NativeMemory.allocateZeroed(PROBE_BYTES)) {
        long[] java = new long[2];
        long[] library = new long[2];
        IN_JAVA.hashMemory(probe.address(), PROBE_BYTES, java);
        hash(probe.address(), PROBE_BYTES, library);
        return Arrays.equals(java, library);
      }
    }

    private static void hash(long address, long length, long[] result) {
      Hash hash = xxh3(new Pointer(address), length);
      result[0] = hash.low;
      result[1] = hash.high;
    }

    private static native Hash xxh3(Pointer input, long length);
  }
}
