// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's side. A path may lose datagrams that this machine's interface carries, and nobody may
 * tell (a VPN, with ICMP dropped): who was heard of and doesn't answer soon is asked a second time,
 * in short datagrams. The answer that comes first counts.
 */
final class DialledConnection implements Connection {
  /**
   * What is needed to begin; {@code route} is null for IPC.
   *
   * @param publications the publication's channel, for a datagram payload
   * @param mtu datagram payload to begin with; 0 for IPC
   */
  record Target(
      Media media,
      Aeron client,
      IntFunction<String> publications,
      int mtu,
      int stream,
      String subscription,
      int maxPeerTermBytes,
      Route route,
      InetAddress remote) {
    String publication(int bytes) {
      return publications.apply(bytes);
    }

    /** Whether there may be a router on the way. */
    boolean isRemote() {
      return route != null && !route.local().equals(remote);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(DialledConnection.class);

  /** Fits 1280 bytes, the least that IPv6 asks of a link, with the headers of IPv6 and UDP. */
  private static final int NARROW_MTU = 1184;

  /** The second attempt needs the rest. */
  private static final double PATIENCE = 0.4;

  private static final int HEADER_BYTES = 28;

  /** Peers whose narrow path was told of. */
  private static final Set<InetAddress> TOLD = ConcurrentHashMap.newKeySet();

  private final Media media;
  private final CompletableFuture<Target> found;
  private final long logBytes;
  private final long patienceNs;

  private Target target;
  private DialAttempt first;
  private DialAttempt second;
  private DialAttempt answered;

  /** The caller's use of {@code media} becomes this one's. */
  DialledConnection(Media media, CompletableFuture<Target> found, long logBytes, long livenessNs) {
    this.media = media;
    this.found = found;
    this.logBytes = logBytes;
    this.patienceNs = (long) (PATIENCE * livenessNs);
  }

  @Override
  public boolean poll() {
    if (target == null && !begin()) {
      return false;
    }
    if (first.poll()) {
      answered(first, second);
    } else if (second != null && second.poll()) {
      answered(second, first);
      tellOfNarrowPath();
    } else if (second == null && mayBeNarrow() && first.isUnansweredFor(patienceNs)) {
      media.requireRoom(2 * logBytes);
      second = new DialAttempt(target, NARROW_MTU);
    }
    return answered != null;
  }

  private boolean begin() {
    if (!found.isDone()) {
      return false;
    }
    try {
      target = found.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    media.requireRoom(2 * logBytes);
    first = new DialAttempt(target, target.mtu);
    return true;
  }

  private boolean mayBeNarrow() {
    return target.isRemote() && target.mtu > NARROW_MTU;
  }

  private void answered(DialAttempt winner, DialAttempt loser) {
    answered = winner;
    if (loser != null) {
      loser.close(true);
    }
  }

  private void tellOfNarrowPath() {
    if (TOLD.add(target.remote)) {
      LOG.warn(
          "packets of {} bytes don't arrive at {}, those of {} do, so Aeron sends these: something"
              + " on the way (a VPN?) carries less than this machine's interface and doesn't say so;"
              + " set paceline.aeron.mtu={} or the interface's MTU",
          target.mtu + HEADER_BYTES,
          target.remote.getHostAddress(),
          NARROW_MTU + HEADER_BYTES,
          NARROW_MTU);
    }
  }

  private DialAttempt current() {
    return answered == null ? first : answered;
  }

  @Override
  public boolean isReached() {
    return first != null && first.isReached();
  }

  @Override
  public String fault() {
    if (first == null) {
      return null;
    }
    return first.fault() != null || second == null ? first.fault() : second.fault();
  }

  @Override
  public ExclusivePublication publication() {
    return current().publication();
  }

  @Override
  public Image image() {
    return current().image();
  }

  @Override
  public Route route() {
    return target.route == null ? null : target.route.carrying(current().mtu());
  }

  @Override
  public InetAddress remote() {
    return target.remote;
  }

  @Override
  public void close(boolean lost) {
    if (answered != null) {
      answered.close(lost);
    } else {
      if (first != null) {
        first.close(lost);
      }
      if (second != null) {
        second.close(lost);
      }
    }
    media.release();
  }
}
