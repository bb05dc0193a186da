// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.IdleMode;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.MessageHandler;
import org.paceline.api.transport.Transport;
import org.paceline.core.Transports;

/** Two connected ends of one of Paceline's transports on this machine. */
final class ChannelPair implements AutoCloseable {
  /** The largest datagram that loopback carries in one piece, and a driver that never sleeps. */
  static final AeronConfig OVER_UDP =
      AeronConfig.DEFAULTS.withMtuBytes(65_504).withIdle(IdleMode.YIELD);

  /** Through shared memory the driver carries nothing: it leaves the cores to the two ends. */
  static final AeronConfig OVER_IPC = OVER_UDP.withIdle(IdleMode.SLEEP);

  private static final int THREADS_WITH_A_DRIVER = 3;

  /** For an end that only connects. */
  static final MessageHandler NOTHING_YET =
      (channel, buffer, offset, length) -> {
        throw new IllegalStateException("nobody has sent anything");
      };

  /** What its users do when idle. */
  final IdleStrategy idle;

  final Channel near;
  final Channel far;

  ChannelPair(Kind kind) {
    this(
        Endpoint.parse(kind.label() + "://localhost:0"),
        ClusterConfig.builder().aeron(kind == Kind.IPC ? OVER_IPC : OVER_UDP).build(),
        kind == Kind.AERON ? besideDriver() : BusySpinIdleStrategy.INSTANCE);
  }

  ChannelPair(Endpoint anywhere, ClusterConfig config, IdleStrategy idle) {
    this.idle = idle;
    Transport transport = new Transports().of(anywhere);
    try (Listener listener = transport.listen(anywhere, config)) {
      near = transport.connect(listener.endpoint(), config);
      far = connect(listener);
    }
  }

  /**
   * For ends that get nowhere without a media driver's thread: on a machine with too few cores for
   * all three, ends that spin would keep it from running.
   */
  static IdleStrategy besideDriver() {
    return Runtime.getRuntime().availableProcessors() < THREADS_WITH_A_DRIVER
        ? YieldingIdleStrategy.INSTANCE
        : BusySpinIdleStrategy.INSTANCE;
  }

  private Channel connect(Listener listener) {
    Channel accepted = null;
    while (accepted == null || !near.isConnected() || !accepted.isConnected()) {
      near.poll(NOTHING_YET, 1);
      if (accepted == null) {
        accepted = listener.accept();
      } else {
        accepted.poll(NOTHING_YET, 1);
      }
      if (near.isClosed()) {
        throw new IllegalStateException(near.closeReason());
      }
    }
    return accepted;
  }

  @Override
  public void close() {
    near.close();
    far.close();
  }
}
