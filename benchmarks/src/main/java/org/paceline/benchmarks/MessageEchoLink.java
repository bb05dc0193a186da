// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.util.function.LongConsumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.MessageHandler;

/** Messages over one of Paceline's transports. */
final class MessageEchoLink implements EchoLink {
  private static final int LIMIT = 64;

  private final ChannelPair pair;
  private final SpinningPeer peer;
  private final UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
  private LongConsumer consumer;
  private int echoes;
  private final MessageHandler onMessage =
      (channel, buffer, offset, length) -> {
        echoes++;
        consumer.accept(buffer.getLong(offset));
      };

  MessageEchoLink(ChannelPair pair) {
    this.pair = pair;
    MessageHandler echo =
        (channel, buffer, offset, length) -> {
          if (channel.offer(buffer, offset, length) == Channel.BACK_PRESSURED) {
            throw new IllegalStateException("more echoes than the send queue holds");
          }
        };
    peer = new SpinningPeer(pair.idle, () -> pair.far.poll(echo, LIMIT));
  }

  @Override
  public boolean send(long stamp) {
    message.putLong(0, stamp);
    return pair.near.offer(message, 0, MESSAGE_BYTES) > 0;
  }

  @Override
  public int poll(LongConsumer onEcho) {
    consumer = onEcho;
    echoes = 0;
    pair.idle.idle(pair.near.poll(onMessage, LIMIT));
    return echoes;
  }

  @Override
  public void close() {
    peer.close();
    pair.close();
  }
}
