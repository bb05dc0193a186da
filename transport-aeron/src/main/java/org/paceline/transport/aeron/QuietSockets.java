// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Endpoints for a driver that asks a socket less often once that has been quiet. Aeron's driver
 * asks each of a few sockets for each datagram that comes by any of them, which on a worker that
 * receives a broadcast was five system calls in six.
 */
final class QuietSockets {
  /** A socket that carries a conversation is never quiet for so long. */
  private static final long QUIET_NS = 1_000_000;

  /** What a datagram that ends the quiet may wait. */
  private static final long PAUSE_NS = 50_000;

  private QuietSockets() {}

  /** Has a driver's endpoints be like that; those at {@code hostPort} share it, unless it is 0. */
  static void install(MediaDriver.Context context, SendBursts bursts, int hostPort) {
    context.receiveChannelEndpointSupplier(
        (channel, dispatcher, status, driver) ->
            new Receiving(channel, dispatcher, status, driver, hostPort));
    context.sendChannelEndpointSupplier(
        (channel, status, driver) -> new Sending(channel, status, driver, bursts, hostPort));
  }

  /** When a socket is due to be asked; for the thread that asks. */
  private static final class Pace {
    private final NanoClock clock;
    private long heardNs;
    private long askedNs;

    Pace(NanoClock clock) {
      this.clock = clock;
      heardNs = clock.nanoTime();
    }

    boolean isDue() {
      long nowNs = clock.nanoTime();
      boolean due = nowNs - heardNs < QUIET_NS || nowNs - askedNs >= PAUSE_NS;
      if (due) {
        askedNs = nowNs;
      }
      return due;
    }

    InetSocketAddress heard(InetSocketAddress source) {
      if (source != null) {
        heardNs = askedNs;
      }
      return source;
    }
  }

  private static final class Receiving extends BurstReceiver {
    private final Pace pace;

    Receiving(
        UdpChannel channel,
        DataPacketDispatcher dispatcher,
        AtomicCounter status,
        MediaDriver.Context context,
        int hostPort) {
      super(channel, dispatcher, status, context, hostPort);
      pace = new Pace(context.receiverCachedNanoClock());
    }

    @Override
    public InetSocketAddress receive(ByteBuffer buffer) {
      return pace.isDue() ? pace.heard(super.receive(buffer)) : null;
    }
  }

  private static final class Sending extends BurstSender {
    private final Pace pace;

    Sending(
        UdpChannel channel,
        AtomicCounter status,
        MediaDriver.Context context,
        SendBursts bursts,
        int hostPort) {
      super(channel, status, context, bursts, hostPort);
      pace = new Pace(context.senderCachedNanoClock());
    }

    @Override
    public InetSocketAddress receive(ByteBuffer buffer) {
      return pace.isDue() ? pace.heard(super.receive(buffer)) : null;
    }
  }
}
