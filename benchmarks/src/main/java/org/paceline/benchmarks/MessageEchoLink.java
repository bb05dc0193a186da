// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.util.function.LongConsumer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;

/** Messages over one of Paceline's transports. */
final class MessageEchoLink implements EchoLink {
  /** Messages in one poll. */
  static final int LIMIT = 64;

  /** What the far end does. */
  static final MessageHandler ECHO =
      (channel, buffer, offset, length) -> {
        if (channel.offer(buffer, offset, length) == Channel.BACK_PRESSURED) {
          throw new IllegalStateException("more echoes than the send queue holds");
        }
      };

  private final Channel near;
  private final IdleStrategy idle;
  private final Runnable closeFar;
  private final UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
  private LongConsumer consumer;
  private int echoes;
  private final MessageHandler onMessage =
      (channel, buffer, offset, length) -> {
        echoes++;
        consumer.accept(buffer.getLong(offset));
      };

  /**
   * A link to a far end that echoes.
   *
   * @param closeFar ends that, after this end is closed
   */
  MessageEchoLink(Channel near, IdleStrategy idle, Runnable closeFar) {
    this.near = near;
    this.idle = idle;
    this.closeFar = closeFar;
  }

  /** Both ends in this JVM. */
  static MessageEchoLink of(ChannelPair pair) {
    SpinningPeer peer = new SpinningPeer(pair.idle, () -> pair.far.poll(ECHO, LIMIT));
    return new MessageEchoLink(
        pair.near,
        pair.idle,
        () -> {
          peer.close();
          pair.close();
        });
  }

  @Override
  public boolean send(long stamp) {
    message.putLong(0, stamp);
    return near.offer(message, 0, MESSAGE_BYTES) > 0;
  }

  @Override
  public int poll(LongConsumer onEcho) {
    consumer = onEcho;
    echoes = 0;
    idle.idle(near.poll(onMessage, LIMIT));
    if (near.isClosed()) {
      throw new IllegalStateException(near.closeReason());
    }
    return echoes;
  }

  @Override
  public void close() {
    near.close();
    closeFar.run();
  }
}
