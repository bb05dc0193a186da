// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.CommonContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory for a media driver's files that only its user can enter and one process holds.
 *
 * <p>The holder has a lock that the system takes back when the process dies, however it dies; so a
 * directory whose lock is free is a dead process's, and is cleared away.
 */
final class DriverDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DriverDirectory.class);
  private static final String LOCK_FILE = "lock";

  /** The file is sparse: all but its last byte costs nothing. */
  private static final int MAX_LOCK_FILE_BYTES = 1 << 30;

  private static final String DRIVER = "driver";
  private static final long MAX_WAIT_MS = 2000;
  private static final int ATTEMPTS = 5;
  private static final long PAUSE_MS = 20;
  private static final String PREFIX =
      "paceline-" + System.getProperty("user.name").replaceAll("[^A-Za-z0-9_.]", "_") + "-";

  /**
   * Held by this process. Opening and closing a lock file a second time would lose its lock, so
   * these are not even looked at.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path path;
  private final FileChannel lock;

  private DriverDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Where directories of this machine's processes are: in memory if the system has that. */
  static Path base() {
    return Path.of(CommonContext.generateRandomDirName()).getParent();
  }

  /** The driver's own directory inside the one of this name, whoever holds it. */
  static Path driver(String name) {
    return base().resolve(PREFIX + name).resolve(DRIVER);
  }

  /**
   * Takes the directory of this name, emptied.
   *
   * <p>Blocks for a moment if it is held: who looks for dead processes' directories holds each for
   * as long as that takes, and one of this process may be about to be given back.
   *
   * @return null if another holds it
   * @throws IOException if it can't be had, or belongs to another user
   */
  static DriverDirectory claim(String name) throws IOException {
    Path path = base().resolve(PREFIX + name);
    try {
      Background.awaitQuiet(MAX_WAIT_MS);
      for (int i = 0; i < ATTEMPTS; i++) {
        synchronized (HELD) {
          DriverDirectory claimed = claim(path);
          if (claimed != null || HELD.contains(path)) {
            return claimed;
          }
        }
        Thread.sleep(PAUSE_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  /** Takes a new directory, and clears away those that dead processes left. */
  static DriverDirectory claimNew() throws IOException {
    synchronized (HELD) {
      for (Path path : existing()) {
        try {
          CloseHelper.close(claim(path));
        } catch (IOException e) {
          LOG.debug("{} is not ours to clear: {}", path, e.getMessage());
        }
      }
      DriverDirectory claimed;
      do {
        claimed = claim(base().resolve(PREFIX + UUID.randomUUID()));
      } while (claimed == null); // Another process took it for a dead one's: it was not locked yet.
      return claimed;
    }
  }

  /** Those of this user, held or not. */
  static List<Path> existing() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(base())) {
      entries.filter(path -> path.getFileName().toString().startsWith(PREFIX)).forEach(found::add);
    }
    return found;
  }

  private static DriverDirectory claim(Path path) throws IOException {
    while (!HELD.contains(path)) {
      create(path);
      FileChannel channel;
      try {
        channel =
            FileChannel.open(
                path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      } catch (NoSuchFileException e) {
        continue; // Its former holder removed it just now.
      }
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return null;
      }
      if (isCurrent(path, channel)) {
        HELD.add(path);
        IoUtil.delete(path.resolve(DRIVER).toFile(), true);
        return new DriverDirectory(path, channel);
      }
      channel.close();
    }
    return null;
  }

  private static void create(Path path) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    try {
      if (posix) {
        Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectory(path);
      }
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || (posix && isForeign(path))) {
        throw new IOException(path + " belongs to somebody else; remove it or use another port", e);
      }
    }
  }

  private static boolean isForeign(Path path) throws IOException {
    Path self = Path.of("/proc/self");
    return FileSystems.getDefault().supportedFileAttributeViews().contains("unix")
        && Files.exists(self)
        && !Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getAttribute(self, "unix:uid"));
  }

  /**
   * Whether the locked file is still the one of that name: its last holder may have removed it. The
   * two are compared by a random length, as opening the file again would lose the lock.
   */
  private static boolean isCurrent(Path path, FileChannel channel) throws IOException {
    int length = ThreadLocalRandom.current().nextInt(1, MAX_LOCK_FILE_BYTES);
    channel.truncate(0).write(ByteBuffer.allocate(1), length - 1L);
    try {
      return Files.size(path.resolve(LOCK_FILE)) == length;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Where the driver is to have its files. */
  Path driver() {
    return path.resolve(DRIVER);
  }

  @Override
  public void close() {
    synchronized (HELD) {
      if (HELD.contains(path)) {
        IoUtil.delete(path.toFile(), true);
        CloseHelper.quietClose(lock);
        HELD.remove(path);
      }
    }
  }

  /** Removes what this process still holds as it ends. */
  static void removeAll() {
    synchronized (HELD) {
      HELD.forEach(path -> IoUtil.delete(path.toFile(), true));
    }
  }
}
