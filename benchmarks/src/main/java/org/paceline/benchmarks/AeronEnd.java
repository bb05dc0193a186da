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
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.paceline.api.AeronConfig;
import org.paceline.api.IdleMode;

/**
 * One end of a stream of Aeron's own in each direction, with the media driver, term length,
 * datagram size and buffers that {@link ChannelPair} asks of Paceline's transport, and with a
 * client of its own, as each of two processes has.
 */
final class AeronEnd implements AutoCloseable {
  private static final int THERE = 1;
  private static final int BACK = 2;

  private final String media;
  private final AeronConfig settings;
  private final int outgoingStream;
  private final Aeron client;
  private final Subscription incoming;
  private ExclusivePublication outgoing;

  private AeronEnd(
      String directory, String media, AeronConfig settings, int incomingStream, int outgoing) {
    this.media = media;
    this.settings = settings;
    this.outgoingStream = outgoing;
    client = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory));
    incoming = client.addSubscription(channel("localhost:0"), incomingStream);
  }

  /** The end that asks, with the driver in that directory. */
  static AeronEnd near(String directory, String media, AeronConfig settings) {
    return new AeronEnd(directory, media, settings, BACK, THERE);
  }

  /** The end that answers. */
  static AeronEnd far(String directory, String media, AeronConfig settings) {
    return new AeronEnd(directory, media, settings, THERE, BACK);
  }

  static MediaDriver driver(AeronConfig settings) {
    return MediaDriver.launchEmbedded(
        new MediaDriver.Context()
            .aeronDirectoryName(CommonContext.generateRandomDirName())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(
                settings.idle() == IdleMode.YIELD
                    ? YieldingIdleStrategy.INSTANCE
                    : new SleepingMillisIdleStrategy())
            .termBufferSparseFile(true));
  }

  /** Where it listens; through shared memory there is no such place. */
  String endpoint() {
    String endpoint = incoming.resolvedEndpoint();
    while (endpoint == null && media.equals(CommonContext.UDP_MEDIA)) {
      Thread.onSpinWait();
      endpoint = incoming.resolvedEndpoint();
    }
    return endpoint;
  }

  /** Sends to where the other end listens from now on. */
  void connect(String endpoint) {
    outgoing = client.addExclusivePublication(channel(endpoint), outgoingStream);
  }

  void awaitConnected() {
    while (!incoming.isConnected() || !outgoing.isConnected()) {
      Thread.onSpinWait();
    }
  }

  Subscription incoming() {
    return incoming;
  }

  ExclusivePublication outgoing() {
    return outgoing;
  }

  private String channel(String endpoint) {
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

  /** What the transport asks for, as far as the system grants it. */
  private static int socketBufferBytes() {
    int asked = 4 << 20;
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSendBufferSize(asked);
      socket.setReceiveBufferSize(asked);
      return Math.min(asked, Math.min(socket.getSendBufferSize(), socket.getReceiveBufferSize()));
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
