// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.SocketException;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.IdleMode;

/**
 * A stream of Aeron's own in each direction, with the media driver, term length, datagram size and
 * buffers that {@link ChannelPair} asks of Paceline's transport.
 */
final class AeronPair implements AutoCloseable {
  private static final int THERE = 1;
  private static final int BACK = 2;

  /** What its users do when idle. */
  final IdleStrategy idle;

  private final AeronConfig settings;
  private final MediaDriver driver;
  private final Aeron near;
  private final Aeron far;

  /** The near end sends here. */
  final ExclusivePublication toFar;

  final Subscription atFar;
  final ExclusivePublication toNear;
  final Subscription atNear;

  private AeronPair(String media, AeronConfig settings, IdleStrategy idle) {
    this.settings = settings;
    this.idle = idle;
    MediaDriver.Context context =
        new MediaDriver.Context()
            .aeronDirectoryName(CommonContext.generateRandomDirName())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(
                settings.idle() == IdleMode.YIELD
                    ? YieldingIdleStrategy.INSTANCE
                    : new SleepingMillisIdleStrategy())
            .termBufferSparseFile(true);
    driver = MediaDriver.launchEmbedded(context);
    // Two processes have a client each, and each its own mapping of a stream's memory.
    near = connect();
    far = connect();
    String anywhere = channel(media, "localhost:0");
    atFar = far.addSubscription(anywhere, THERE);
    atNear = near.addSubscription(anywhere, BACK);
    toFar = near.addExclusivePublication(channel(media, endpoint(media, atFar)), THERE);
    toNear = far.addExclusivePublication(channel(media, endpoint(media, atNear)), BACK);
    while (!toFar.isConnected()
        || !toNear.isConnected()
        || !atFar.isConnected()
        || !atNear.isConnected()) {
      Thread.onSpinWait();
    }
  }

  private Aeron connect() {
    return Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()));
  }

  static AeronPair udp() {
    return new AeronPair(CommonContext.UDP_MEDIA, ChannelPair.OVER_UDP, ChannelPair.besideDriver());
  }

  static AeronPair ipc() {
    return new AeronPair(
        CommonContext.IPC_MEDIA, ChannelPair.OVER_IPC, BusySpinIdleStrategy.INSTANCE);
  }

  private String channel(String media, String endpoint) {
    ChannelUriStringBuilder uri =
        new ChannelUriStringBuilder()
            .media(media)
            .termLength(
                media.equals(CommonContext.IPC_MEDIA)
                    ? settings.ipcTermBytes()
                    : settings.termBytes())
            .mtu(settings.mtuBytes());
    if (media.equals(CommonContext.UDP_MEDIA)) {
      int bufferBytes = socketBufferBytes();
      uri.endpoint(endpoint)
          .socketSndbufLength(bufferBytes)
          .socketRcvbufLength(bufferBytes)
          .receiverWindowLength(Math.min(bufferBytes, settings.termBytes() / 2));
    }
    return uri.build();
  }

  /** What the transport would ask for, as far as the system grants it. */
  private static int socketBufferBytes() {
    int asked = ClusterConfig.builder().build().socketBufferBytes();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSendBufferSize(asked);
      socket.setReceiveBufferSize(asked);
      return Math.min(asked, Math.min(socket.getSendBufferSize(), socket.getReceiveBufferSize()));
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a subscription to port 0 listens; through shared memory there is no such place. */
  private static String endpoint(String media, Subscription subscription) {
    String endpoint = subscription.resolvedEndpoint();
    while (endpoint == null && media.equals(CommonContext.UDP_MEDIA)) {
      Thread.onSpinWait();
      endpoint = subscription.resolvedEndpoint();
    }
    return endpoint;
  }

  @Override
  public void close() {
    CloseHelper.closeAll(near, far, driver);
  }
}
