// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.driver.Configuration;
import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.SendChannelEndpointSupplier;
import io.aeron.driver.ext.DebugReceiveChannelEndpoint;
import io.aeron.driver.ext.DebugSendChannelEndpoint;
import io.aeron.driver.ext.LossGenerator;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/** Makes the drivers that start from now on lose datagrams; Aeron finds it by a property. */
public final class LossyEndpoints
    implements ReceiveChannelEndpointSupplier, SendChannelEndpointSupplier {
  private static volatile Loss loss;

  /** Datagrams, counted, of which some are lost. */
  public static final class Loss implements LossGenerator {
    private final Random random;
    private final double begins;
    private final int burst;
    private final AtomicLong lost = new AtomicLong();
    private int left;

    /**
     * Bursts of loss.
     *
     * @param begins how likely one begins at a datagram
     * @param burst how many datagrams it lasts
     */
    public Loss(long seed, double begins, int burst) {
      this.random = new Random(seed);
      this.begins = begins;
      this.burst = burst;
    }

    @Override
    public boolean shouldDropFrame(InetSocketAddress address, UnsafeBuffer buffer, int length) {
      if (left == 0 && random.nextDouble() < begins) {
        left = burst;
      }
      if (left == 0) {
        return false;
      }
      left--;
      lost.incrementAndGet();
      return true;
    }

    /** How many were lost. */
    public long lost() {
      return lost.get();
    }
  }

  /** Made by Aeron. */
  public LossyEndpoints() {}

  /** Begins. */
  public static void install(Loss value) {
    loss = value;
    System.setProperty(
        Configuration.SEND_CHANNEL_ENDPOINT_SUPPLIER_PROP_NAME, LossyEndpoints.class.getName());
    System.setProperty(
        Configuration.RECEIVE_CHANNEL_ENDPOINT_SUPPLIER_PROP_NAME, LossyEndpoints.class.getName());
  }

  /** Drivers that start from now on lose nothing. */
  public static void uninstall() {
    System.clearProperty(Configuration.SEND_CHANNEL_ENDPOINT_SUPPLIER_PROP_NAME);
    System.clearProperty(Configuration.RECEIVE_CHANNEL_ENDPOINT_SUPPLIER_PROP_NAME);
  }

  @Override
  public ReceiveChannelEndpoint newInstance(
      UdpChannel channel,
      DataPacketDispatcher dispatcher,
      AtomicCounter status,
      MediaDriver.Context context) {
    // Data on its way in, and what is said about it on its way out.
    return new DebugReceiveChannelEndpoint(channel, dispatcher, status, context, loss, loss);
  }

  @Override
  public SendChannelEndpoint newInstance(
      UdpChannel channel, AtomicCounter status, MediaDriver.Context context) {
    return new DebugSendChannelEndpoint(channel, status, context, loss, loss);
  }
}
