// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.paceline.api.transport.TransportException;

/**
 * The memory behind a driver's files, as a rule {@code /dev/shm}. It is taken before anybody maps a
 * file: a page that can't be had when it is written to ends the thread that writes.
 */
final class SharedMemory {
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int EINTR = 4;
  private static final int ENOSPC = 28;

  private SharedMemory() {}

  /**
   * Checks that there is room.
   *
   * @param what needs it, as a sentence's beginning
   * @throws TransportException if there is too little, saying what to do
   */
  static void require(Path directory, long bytes, String what) {
    long usable = usable(directory);
    if (bytes > usable) {
      throw tooLittle(directory, bytes, usable, what);
    }
  }

  /**
   * Takes the memory of a whole file, whoever has it mapped; what is in it stays.
   *
   * @throws TransportException if there is too little, saying what to do
   */
  static void allocate(Path file, String what) {
    if (!CLibrary.AVAILABLE) {
      return;
    }
    long bytes = file.toFile().length();
    int error = fallocate(file, bytes);
    if (error == ENOSPC) {
      throw tooLittle(file.getParent(), bytes, usable(file.getParent()), what);
    }
    // Other file systems may not know how; then the file stays as it is.
  }

  /** 0 or the system's error. */
  private static int fallocate(Path file, long bytes) {
    try {
      int descriptor = CLibrary.open(file.toString(), O_RDWR | O_CLOEXEC);
      try {
        return fallocate(descriptor, bytes);
      } finally {
        CLibrary.close(descriptor);
      }
    } catch (LastErrorException e) {
      return e.getErrorCode();
    }
  }

  private static int fallocate(int descriptor, long bytes) {
    while (true) {
      try {
        CLibrary.fallocate(descriptor, 0, new NativeLong(0), new NativeLong(bytes));
        return 0;
      } catch (LastErrorException e) {
        if (e.getErrorCode() != EINTR) {
          return e.getErrorCode();
        }
      }
    }
  }

  private static long usable(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw new TransportException("can't ask how much room " + directory + " has", e);
    }
  }

  private static TransportException tooLittle(
      Path directory, long bytes, long usable, String what) {
    Path base = DriverDirectory.base();
    return new TransportException(
        what
            + " "
            + mebibytesUp(bytes)
            + " of "
            + (directory.startsWith(base) ? base : directory)
            + ", which has "
            + (usable >> 20)
            + " MiB left: enlarge it (Docker: --shm-size), lower paceline.aeron.term-length, or use"
            + " another transport");
  }

  private static String mebibytesUp(long bytes) {
    return ((bytes + (1 << 20) - 1) >> 20) + " MiB";
  }

  private static final class CLibrary {
    private static final boolean AVAILABLE = register();

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

    private static native int open(String path, int flags) throws LastErrorException;

    private static native int fallocate(
        int descriptor, int mode, NativeLong offset, NativeLong length) throws LastErrorException;

    private static native int close(int descriptor) throws LastErrorException;
  }
}
