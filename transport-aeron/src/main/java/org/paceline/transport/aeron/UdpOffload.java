// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.ptr.IntByReference;
import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;

/**
 * Has Linux carry many datagrams as one through its network stack, and cut it up where the wire
 * begins. The numbers are those of {@code udp(7)}.
 */
final class UdpOffload {
  private static final int SOL_UDP = 17;
  private static final int UDP_SEGMENT = 103;
  private static final int UDP_GRO = 104;

  private UdpOffload() {}

  /**
   * Has what is sent at once be cut into datagrams of so many bytes, the last of which may be
   * shorter; with 0 not at all.
   *
   * @return whether the system does that, as Linux does from 4.18 on
   */
  static boolean segment(DatagramChannel channel, int bytes) {
    return set(channel, UDP_SEGMENT, bytes);
  }

  /**
   * Has datagrams that came together be received as one; Linux from 5.0 on, others go on as they
   * did.
   */
  static boolean coalesce(DatagramChannel channel) {
    return set(channel, UDP_GRO, 1);
  }

  private static boolean set(DatagramChannel channel, int option, int value) {
    if (!CLibrary.AVAILABLE) {
      return false;
    }
    try {
      int descriptor = (int) CLibrary.DESCRIPTOR.invoke(channel);
      IntByReference pointer = new IntByReference(value);
      return CLibrary.setsockopt(descriptor, SOL_UDP, option, pointer, Integer.BYTES) == 0;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class CLibrary {
    private static final Method DESCRIPTOR = descriptor();
    private static final boolean AVAILABLE = DESCRIPTOR != null && register();

    /** Null in a JVM without {@code --add-exports=java.base/sun.nio.ch=ALL-UNNAMED}. */
    private static Method descriptor() {
      try {
        Class<?> withDescriptor = Class.forName("sun.nio.ch.SelChImpl");
        boolean exported =
            withDescriptor
                .getModule()
                .isExported(withDescriptor.getPackageName(), UdpOffload.class.getModule());
        return exported ? withDescriptor.getMethod("getFDVal") : null;
      } catch (ReflectiveOperationException e) {
        return null;
      }
    }

    private static boolean register() {
      if (!Platform.isLinux()) {
        return false;
      }
      try {
        Native.register(CLibrary.class, "c");
        return true;
      } catch (LinkageError e) {
        return false;
      }
    }

    private static native int setsockopt(
        int socket, int level, int option, IntByReference value, int length);
  }
}
