// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import io.aeron.logbuffer.FragmentHandler;
import java.util.function.LongConsumer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/** The baseline: a publication and a subscription of Aeron's own at each end. */
final class AeronEchoLink implements EchoLink {
  private static final int FRAGMENT_LIMIT = 64;

  private final AeronEnd near;
  private final IdleStrategy idle;
  private final Runnable closeFar;
  private final UnsafeBuffer message = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
  private LongConsumer consumer;
  private final FragmentHandler onEcho =
      (buffer, offset, length, header) -> consumer.accept(buffer.getLong(offset));

  /**
   * A link to a far end that echoes.
   *
   * @param closeFar ends that, after this end is closed
   */
  AeronEchoLink(AeronEnd near, IdleStrategy idle, Runnable closeFar) {
    this.near = near;
    this.idle = idle;
    this.closeFar = closeFar;
  }

  /** Both ends in this JVM. */
  static AeronEchoLink of(AeronPair pair) {
    SpinningPeer peer = new SpinningPeer(pair.idle, echo(pair.far, pair.idle));
    return new AeronEchoLink(
        pair.near,
        pair.idle,
        () -> {
          peer.close();
          pair.close();
        });
  }

  /** What the far end does. */
  static SpinningPeer.Step echo(AeronEnd far, IdleStrategy idle) {
    FragmentHandler echo =
        (buffer, offset, length, header) -> {
          while (far.outgoing().offer(buffer, offset, length) < 0) {
            idle.idle();
          }
        };
    return () -> far.incoming().poll(echo, FRAGMENT_LIMIT);
  }

  @Override
  public boolean send(long stamp) {
    message.putLong(0, stamp);
    return near.outgoing().offer(message, 0, MESSAGE_BYTES) > 0;
  }

  @Override
  public int poll(LongConsumer consume) {
    consumer = consume;
    int echoes = near.incoming().poll(onEcho, FRAGMENT_LIMIT);
    idle.idle(echoes);
    return echoes;
  }

  @Override
  public void close() {
    near.close();
    closeFar.run();
  }
}
