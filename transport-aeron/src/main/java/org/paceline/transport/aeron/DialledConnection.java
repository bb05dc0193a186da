// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.agrona.DirectBuffer;

/**
 * The host's side: a publication to the worker, and a subscription for its answer whose stream is
 * the publication's session; a HELLO says where that is.
 */
final class DialledConnection implements Connection {
  /** What is needed to begin; {@code route} is null for IPC. */
  record Target(
      Aeron client,
      String publication,
      int stream,
      String subscription,
      Route route,
      InetAddress remote) {}

  private final Media media;
  private final CompletableFuture<Target> found;
  private final long logBytes;
  private final FrameSender sender = new FrameSender();

  private Target target;
  private long reserved;
  private long publicationId = Aeron.NULL_VALUE;
  private long subscriptionId = Aeron.NULL_VALUE;
  private ExclusivePublication publication;
  private Subscription subscription;
  private Image image;
  private boolean saidHello;
  private boolean welcomed;
  private String fault;

  /** The caller's use of {@code media} becomes this one's. */
  DialledConnection(Media media, CompletableFuture<Target> found, long logBytes) {
    this.media = media;
    this.found = found;
    this.logBytes = logBytes;
  }

  @Override
  public boolean poll() {
    if (target == null && !begin()) {
      return false;
    }
    if (publication == null) {
      publication = target.client.getExclusivePublication(publicationId);
      if (publication == null) {
        return false;
      }
      sender.publication(publication);
      subscriptionId =
          target.client.asyncAddSubscription(target.subscription, publication.sessionId());
    }
    if (subscription == null) {
      subscription = target.client.getSubscription(subscriptionId);
    }
    if (subscription != null && !saidHello && publication.isConnected()) {
      int port = replyPort();
      saidHello = port >= 0 && sender.greeting(Frame.HELLO, port);
    }
    if (saidHello && image == null && subscription.imageCount() > 0) {
      image = subscription.imageAtIndex(0);
    }
    if (image != null) {
      image.controlledPoll(this::onFirstFrame, 1);
    }
    return welcomed;
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
    long needed = 2 * logBytes;
    media.reserve(needed);
    reserved = needed;
    publicationId = target.client.asyncAddExclusivePublication(target.publication, target.stream);
    return true;
  }

  /** The port to be answered at, 0 for IPC; negative while it is not known. */
  private int replyPort() {
    if (target.route == null) {
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

  @Override
  public boolean isReached() {
    return saidHello;
  }

  @Override
  public String fault() {
    return fault;
  }

  @Override
  public ExclusivePublication publication() {
    return publication;
  }

  @Override
  public Image image() {
    return image;
  }

  @Override
  public Route route() {
    return target.route;
  }

  @Override
  public InetAddress remote() {
    return target.remote;
  }

  @Override
  public void close(boolean lost) {
    if (target != null && !target.client.isClosed()) {
      if (subscription != null) {
        subscription.close();
      } else if (subscriptionId != Aeron.NULL_VALUE) {
        target.client.asyncRemoveSubscription(subscriptionId);
      }
      if (publication == null) {
        target.client.asyncRemovePublication(publicationId);
      } else if (lost || !saidHello) {
        publication.revoke();
      } else {
        publication.close();
      }
    }
    media.unreserve(reserved);
    media.release();
  }
}
