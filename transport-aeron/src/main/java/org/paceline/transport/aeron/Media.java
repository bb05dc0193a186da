// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.Image;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.status.CountersReader;
import org.paceline.api.transport.TransportException;

/**
 * A media driver as this process reaches it, with the one client that all who use it share.
 *
 * <p>Comes up in the background, and goes there soon after the last user has: not at once, so that
 * what was accepted last still gets out.
 */
final class Media {
  /** What opening gave: {@code driver} is what to close after the client. */
  record Opened(Aeron client, Path directory, AutoCloseable driver) {
    /** With something more to close in the end; null for nothing. */
    Opened with(AutoCloseable more) {
      return new Opened(client, directory, () -> CloseHelper.quietCloseAll(driver, more));
    }
  }

  /** Most time for the last streams to end; a peer that is there needs much less. */
  private static final long MAX_LINGER_MS = 1000;

  /** Most time for a driver to end, when the process does, too. */
  private static final long MAX_CLOSE_MS = 3000;

  private static final Map<Object, Media> SHARED = new HashMap<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Media::end, "paceline-aeron-shutdown"));
  }

  private final Object key;
  private final CompletableFuture<Opened> opened = new CompletableFuture<>();
  private int users = 1;
  private boolean ending;

  private Media(Object key, Callable<Opened> opener) {
    this.key = key;
    Background.run(
        () -> {
          try {
            opened.complete(opener.call());
          } catch (Throwable e) {
            opened.completeExceptionally(e);
          }
        });
  }

  /** The one that all who ask for {@code key} share, opened if need be; the caller is a user. */
  static Media shared(Object key, Callable<Opened> opener) {
    synchronized (SHARED) {
      Media media = SHARED.get(key);
      if (media == null || media.isBroken()) {
        media = new Media(key, opener);
        SHARED.put(key, media);
      } else {
        media.users++;
      }
      return media;
    }
  }

  /** Whether the one of {@code key} has to be opened first. */
  static boolean isAbsent(Object key) {
    synchronized (SHARED) {
      Media media = SHARED.get(key);
      return media == null || media.isBroken();
    }
  }

  /** One of the caller's own. */
  static Media own(Callable<Opened> opener) {
    return new Media(new Object(), opener);
  }

  private boolean isBroken() {
    return opened.isCompletedExceptionally()
        || (opened.isDone() && opened.join().client.isClosed());
  }

  /** The client, when it is there; fails with a {@link TransportException}. */
  CompletableFuture<Aeron> client() {
    return opened.thenApply(Opened::client);
  }

  /** The client, waited for. */
  Aeron awaitClient() {
    try {
      return opened.join().client;
    } catch (CompletionException e) {
      throw e.getCause() instanceof TransportException known
          ? known
          : new TransportException(String.valueOf(e.getCause().getMessage()), e.getCause());
    }
  }

  /** One user more. */
  void retain() {
    synchronized (SHARED) {
      users++;
    }
  }

  /** One user less. */
  void release() {
    synchronized (SHARED) {
      // Two at once would read a client's memory that the other has unmapped.
      if (--users > 0 || ending) {
        return;
      }
      ending = true;
    }
    Background.run(this::closeWhenQuiet);
  }

  private void closeWhenQuiet() {
    Opened media = opened.handle((result, failure) -> result).join();
    if (media != null && media.driver != null) {
      awaitEndOfStreams(media.client);
    }
    synchronized (SHARED) {
      if (users > 0) {
        ending = false;
        return;
      }
      SHARED.remove(key, this);
    }
    if (media != null) {
      CloseHelper.quietCloseAll(media.client, media.driver);
    }
  }

  private static void awaitEndOfStreams(Aeron client) {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_LINGER_MS);
    try {
      while (!client.isClosed()
          && hasStreams(client.countersReader())
          && System.nanoTime() - deadlineNs < 0) {
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean hasStreams(CountersReader counters) {
    boolean[] found = new boolean[1];
    counters.forEach(
        (id, type, keyBuffer, label) ->
            found[0] |= type == AeronCounters.DRIVER_PUBLISHER_LIMIT_TYPE_ID);
    return found[0];
  }

  /**
   * Checks that there is memory for log buffers.
   *
   * @throws TransportException if there is too little, saying what to do
   */
  void requireRoom(long bytes) {
    SharedMemory.require(opened.join().directory, bytes, "a channel's log buffers need");
  }

  /**
   * Takes the memory of what arrives over UDP, if a term of it has no more than {@code
   * maxTermBytes}.
   *
   * @throws TransportException if there is too little, saying what to do
   */
  void allocate(Image image, int maxTermBytes) {
    if (image.termBufferLength() <= maxTermBytes) {
      SharedMemory.allocate(
          opened.join().directory.resolve("images").resolve(image.correlationId() + ".logbuffer"),
          "a channel's log buffer needs");
    }
  }

  /** The process ends: the last words get out, and no file stays. */
  private static void end() {
    try {
      Background.awaitQuiet(MAX_LINGER_MS + MAX_CLOSE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    DriverDirectory.removeAll();
  }
}
