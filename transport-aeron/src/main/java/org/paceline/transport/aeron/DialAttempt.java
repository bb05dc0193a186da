// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;

/**
 * One try to connect to a worker: a publication to it, and a subscription for its answer whose
 * stream is the publication's session. HELLO and WELCOME are as long as the longest datagram to
 * follow, so that an answer proves that these arrive.
 */
final class DialAttempt {
  private final DialledConnection.Target target;
  private final int mtu;
  private final FrameSender sender = new FrameSender();
  private final long publicationId;
  private long subscriptionId = Aeron.NULL_VALUE;
  private ExclusivePublication publication;
  private Subscription subscription;
  private Image image;
  private boolean saidHello;
  private long helloNs;
  private boolean welcomed;
  private String fault;

  /** Begins; {@code mtu} is 0 for IPC. */
  DialAttempt(DialledConnection.Target target, int mtu) {
    this.target = target;
    this.mtu = mtu;
    publicationId =
        target.client().asyncAddExclusivePublication(target.publication(mtu), target.stream());
  }

  /** Goes on as far as that needs no waiting; whether the worker has answered. */
  boolean poll() {
    if (publication == null) {
      publication = target.client().getExclusivePublication(publicationId);
      if (publication == null) {
        return false;
      }
      sender.publication(publication);
      subscriptionId =
          target.client().asyncAddSubscription(target.subscription(), publication.sessionId());
    }
    if (subscription == null) {
      subscription = target.client().getSubscription(subscriptionId);
    }
    if (subscription != null && !saidHello && publication.isConnected()) {
      int port = replyPort();
      saidHello = port >= 0 && sender.greeting(Frame.HELLO, port, mtu > 0);
      helloNs = System.nanoTime();
    }
    if (saidHello && image == null && subscription.imageCount() > 0) {
      image = subscription.imageAtIndex(0);
      if (mtu > 0) {
        target.media().allocate(image, target.maxPeerTermBytes());
      }
    }
    if (image != null) {
      image.controlledPoll(this::onFirstFrame, 1);
    }
    return welcomed;
  }

  /** The port to be answered at, 0 for IPC; negative while it is not known. */
  private int replyPort() {
    if (target.route() == null) {
      return 0;
    }
    String resolved = subscription.resolvedEndpoint();
    return resolved == null
        ? -1
        : Integer.parseInt(resolved.substring(resolved.lastIndexOf(':') + 1));
  }

  private Action onFirstFrame(DirectBuffer buffer, int offset, int length, Header header) {
    fault = Frame.greetingFault(buffer, offset, length, Frame.WELCOME);
    welcomed = fault == null;
    return Action.BREAK;
  }

  /** Whether the worker has been heard of. */
  boolean isReached() {
    return saidHello;
  }

  /** Whether the worker, though heard of, hasn't answered for so long. */
  boolean isUnansweredFor(long periodNs) {
    return saidHello && System.nanoTime() - helloNs > periodNs;
  }

  int mtu() {
    return mtu;
  }

  String fault() {
    return fault;
  }

  ExclusivePublication publication() {
    return publication;
  }

  Image image() {
    return image;
  }

  /** Gives all back; {@code lost} if nobody is left to read what was accepted. */
  void close(boolean lost) {
    Aeron client = target.client();
    if (client.isClosed()) {
      return;
    }
    if (subscription != null) {
      subscription.close();
    } else if (subscriptionId != Aeron.NULL_VALUE) {
      client.asyncRemoveSubscription(subscriptionId);
    }
    if (publication == null) {
      client.asyncRemovePublication(publicationId);
    } else if (lost || !saidHello) {
      publication.revoke();
    } else {
      publication.close();
    }
  }
}
