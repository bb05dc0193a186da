// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import io.aeron.logbuffer.FragmentHandler;
import java.util.function.LongConsumer;
import org.agrona.concurrent.UnsafeBuffer;

/** The baseline: a publication and a subscription of Aeron's own at each end. */
final class AeronEchoLink implements EchoLink {
  private static final int FRAGMENT_LIMIT = 64;

  private final AeronPair pair;
  private final SpinningPeer peer;
  private final UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
  private LongConsumer consumer;
  private final FragmentHandler onEcho =
      (buffer, offset, length, header) -> consumer.accept(buffer.getLong(offset));

  AeronEchoLink(AeronPair pair) {
    this.pair = pair;
    FragmentHandler echo =
        (buffer, offset, length, header) -> {
          while (pair.toNear.offer(buffer, offset, length) < 0) {
            pair.idle.idle();
          }
        };
    peer = new SpinningPeer(pair.idle, () -> pair.atFar.poll(echo, FRAGMENT_LIMIT));
  }

  @Override
  public boolean send(long stamp) {
    message.putLong(0, stamp);
    return pair.toFar.offer(message, 0, MESSAGE_BYTES) > 0;
  }

  @Override
  public int poll(LongConsumer consume) {
    consumer = consume;
    int echoes = pair.atNear.poll(onEcho, FRAGMENT_LIMIT);
    pair.idle.idle(echoes);
    return echoes;
  }

  @Override
  public void close() {
    peer.close();
    pair.close();
  }
}
