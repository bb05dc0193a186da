// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's subscription, which its listener and the channels that came through it use: it ends
 * with the last of them. Thread-safe.
 */
final class Reception {
  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

  private final Media media;
  private final Uris uris;
  private final boolean ipc;
  private final AutoCloseable directory;
  private final Aeron client;
  private final Subscription subscription;
  private final Queue<Image> arrivals = new ConcurrentLinkedQueue<>();
  private final AtomicInteger users = new AtomicInteger(1);
  private volatile boolean listening = true;

  /**
   * Subscribes; blocks until the driver has answered. The caller's use of {@code media} becomes
   * this one's.
   *
   * @param directory closed in the end, unless the driver does that; null if there is none
   */
  Reception(
      Media media, Uris uris, boolean ipc, String channel, int stream, AutoCloseable directory) {
    this.media = media;
    this.uris = uris;
    this.ipc = ipc;
    this.directory = directory;
    this.client = media.awaitClient();
    requireRoom();
    this.subscription = client.addSubscription(channel, stream, this::onArrival, image -> {});
  }

  /** On the client's thread. */
  private void onArrival(Image image) {
    if (listening) {
      arrivals.add(image);
    } else {
      dismiss(image);
    }
  }

  /** The next host's image; null if nobody came. */
  Image next() {
    Image image = arrivals.poll();
    while (image != null && image.isClosed()) {
      image = arrivals.poll();
    }
    return image;
  }

  /**
   * Checks that there is memory for one more host's streams.
   *
   * @throws org.paceline.api.transport.TransportException if there is too little
   */
  void requireRoom() {
    media.requireRoom(2 * (ipc ? uris.ipcLogBytes() : uris.logBytes()));
  }

  /** Whether nobody can come any more. */
  boolean isBroken() {
    return subscription.isClosed();
  }

  /** The port that was really taken. */
  int port() {
    String resolved = subscription.resolvedEndpoint();
    return Integer.parseInt(resolved.substring(resolved.lastIndexOf(':') + 1));
  }

  /** Where an image comes from. */
  static InetAddress source(Image image) {
    String source = image.sourceIdentity();
    try {
      return InetAddress.getByName(source.substring(0, source.lastIndexOf(':')));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(source + " is no address", e);
    }
  }

  /** Wants no more of an image: its publication ends and its buffers are freed. */
  void dismiss(Image image) {
    Background.run(
        () -> {
          try {
            if (!image.isClosed()) {
              image.reject("closed");
            }
          } catch (AeronException e) {
            // It went by itself, or the driver did.
            LOG.debug("dismissing {}: {}", image.sourceIdentity(), e.getMessage());
          }
        });
  }

  /** New hosts are turned away from now on. */
  void stopListening() {
    listening = false;
    for (Image image = next(); image != null; image = next()) {
      dismiss(image);
    }
    release();
  }

  void retain() {
    users.incrementAndGet();
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      subscription.close();
      CloseHelper.quietClose(directory);
      media.release();
    }
  }

  Media media() {
    return media;
  }

  Aeron client() {
    return client;
  }

  Uris uris() {
    return uris;
  }

  long livenessNs() {
    return uris.livenessNs();
  }

  boolean isIpc() {
    return ipc;
  }
}
