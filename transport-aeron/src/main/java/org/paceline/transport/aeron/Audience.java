// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.aeron.protocol.DataHeaderFlyweight;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.agrona.DirectBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;
import org.paceline.api.transport.Regions;
import org.paceline.api.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's end of a broadcast. What doesn't fit is skipped, as any of it may have been missed:
 * this ends a broadcast, never a channel.
 */
final class Audience implements ControlledFragmentHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Audience.class);
  private static final int POLL_FRAMES = 4096;
  private static final long POLL_BYTES = 256 << 10;

  private final Reception reception;
  private final ArrivingWrite write;
  private final int session;
  private final MessageAssembler assembler = new MessageAssembler();
  private final long bornNs = System.nanoTime();
  private long subscriptionId = Aeron.NULL_VALUE;
  private Subscription subscription;
  private Image image;
  private boolean gone;
  private long receivedBytes;

  private Channel channel;
  private MessageHandler handler;
  private int limit;
  private int delivered;
  private long pollLimitBytes;

  Audience(
      Reception reception,
      Regions regions,
      int session,
      InetSocketAddress group,
      InetAddress local) {
    this.reception = reception;
    this.write = new ArrivingWrite(regions);
    this.session = session;
    String endpoint = Uris.endpoint(group.getAddress(), group.getPort());
    String uri =
        group.getAddress().isMulticastAddress()
            ? reception.uris().multicastSubscription(endpoint, local, session)
            : reception.uris().mdcSubscription(endpoint, local, session);
    try {
      reception.media().requireRoom(reception.uris().logBytes());
      subscriptionId = reception.client().asyncAddSubscription(uri, AeronBroadcast.STREAM);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void fail(RuntimeException e) {
    LOG.warn("can't listen to a broadcast: {}", e.getMessage());
    gone = true;
  }

  /** Hands at most {@code messageLimit} messages over; the frames read. */
  int poll(Channel from, MessageHandler messageHandler, int messageLimit) {
    if (gone) {
      return 0;
    }
    if (image == null) {
      findImage();
      return 0;
    }
    channel = from;
    handler = messageHandler;
    limit = messageLimit;
    delivered = 0;
    pollLimitBytes = receivedBytes + POLL_BYTES;
    int frames = limit > 0 ? image.controlledPoll(this, POLL_FRAMES) : 0;
    handler = null;
    if (frames == 0 && (image.isClosed() || image.isEndOfStream())) {
      gone = true;
    }
    return frames;
  }

  private void findImage() {
    try {
      if (subscription == null) {
        subscription = reception.client().getSubscription(subscriptionId);
      }
    } catch (AeronException e) {
      fail(e);
      return;
    }
    if (subscription != null && subscription.imageCount() > 0) {
      image = subscription.imageAtIndex(0);
      try {
        reception.media().allocate(image, reception.uris().maxPeerTermBytes());
      } catch (TransportException e) {
        fail(e);
      }
    } else if (System.nanoTime() - bornNs > reception.livenessNs()) {
      gone = true;
    }
  }

  @Override
  public Action onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    receivedBytes += DataHeaderFlyweight.HEADER_LENGTH + length;
    byte flags = header.flags();
    long value = header.reservedValue();
    if (MessageAssembler.begins(flags)) {
      assembler.reset();
      write.abandon();
      if (Frame.type(value) == Frame.WRITE) {
        return begin(Frame.id(value), buffer, offset, length);
      }
    }
    if (MessageAssembler.isWhole(flags)) {
      return frame(Frame.type(value), buffer, offset, length);
    }
    if (write.isUnderWay()) {
      return land(buffer, offset, length);
    }
    if (MessageAssembler.begins(flags) && Frame.type(value) != Frame.MESSAGE) {
      return Action.CONTINUE;
    }
    return assembler.add(flags, buffer, offset, length) == MessageAssembler.Step.COMPLETE
        ? frame(Frame.MESSAGE, assembler.buffer(), 0, assembler.length())
        : Action.CONTINUE;
  }

  private Action begin(int regionId, DirectBuffer buffer, int at, int length) {
    int payload = length - Frame.WRITE_HEADER_BYTES;
    if (payload < 0) {
      return next();
    }
    write.begin(regionId, Frame.writeOffset(buffer, at), Frame.writeLength(buffer, at));
    return land(buffer, at + Frame.WRITE_HEADER_BYTES, payload);
  }

  private Action frame(int type, DirectBuffer buffer, int offset, int length) {
    if (type == Frame.WRITES) {
      writes(buffer, offset, offset + length);
    } else if (type == Frame.MESSAGE && length > 0) {
      delivered++;
      handler.onMessage(channel, buffer, offset, length);
    }
    return next();
  }

  private Action next() {
    boolean more = delivered < limit && receivedBytes < pollLimitBytes && !channel.isClosed();
    return more ? Action.COMMIT : Action.BREAK;
  }

  private void writes(DirectBuffer buffer, int offset, int end) {
    int at = offset;
    while (at + Frame.WRITE_HEADER_BYTES <= end) {
      int length = Frame.smallLength(buffer, at);
      int payload = at + Frame.WRITE_HEADER_BYTES;
      if (length < 0 || length > end - payload) {
        break;
      }
      write.begin(Frame.smallRegion(buffer, at), Frame.smallOffset(buffer, at), length);
      land(buffer, payload, length);
      at = Frame.nextSmall(at, length);
    }
    write.abandon();
  }

  /** A write that does not fit as a whole is skipped as a whole. */
  private Action land(DirectBuffer buffer, int at, int length) {
    NativeMemory region = write.region();
    if (region != null && write.fits(region) && length <= write.remaining()) {
      write.land(region, buffer, at, length);
    } else {
      write.abandon();
    }
    return next();
  }

  /** Which broadcast. */
  int session() {
    return session;
  }

  /** Whether what is sent from now on arrives. */
  boolean isListening() {
    return image != null && !gone;
  }

  /** Whether it is over. */
  boolean isGone() {
    return gone;
  }

  long receivedBytes() {
    return receivedBytes;
  }

  void close() {
    Aeron client = reception.client();
    if (!client.isClosed()) {
      if (subscription != null) {
        subscription.close();
      } else if (subscriptionId != Aeron.NULL_VALUE) {
        client.asyncRemoveSubscription(subscriptionId);
      }
    }
  }
}
