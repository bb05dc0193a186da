// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.driver.media.UdpChannel;
import io.aeron.driver.media.UdpChannelTransport;
import io.aeron.exceptions.AeronException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import org.agrona.CloseHelper;
import org.paceline.api.transport.TransportException;

/**
 * The one UDP port that all datagrams to a host go to, so that a firewall needs one rule. Its
 * sockets share the port: the system gives a datagram to the socket that is connected to where it
 * comes from, or else to the one that isn't connected.
 */
final class HostPort implements AutoCloseable {
  private final DatagramChannel holder;

  private HostPort(DatagramChannel holder) {
    this.holder = holder;
  }

  /**
   * Takes a port for this process; sockets that know of it can join.
   *
   * @throws TransportException if another process has it
   */
  static HostPort claim(int port) {
    DatagramChannel channel = null;
    try {
      channel = DatagramChannel.open();
      channel.bind(new InetSocketAddress(port));
      // From here on others may share it; binding has shown that nobody had it.
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return new HostPort(channel);
    } catch (IOException e) {
      CloseHelper.quietClose(channel);
      throw new TransportException(
          "UDP port "
              + port
              + " can't be had: "
              + e.getMessage()
              + "; set paceline.aeron.host-port to another one if a second host runs here",
          e);
    }
  }

  /** Opens a socket of {@code transport} that shares the port; {@code remote} is null for none. */
  static DatagramChannel open(
      UdpChannelTransport transport, InetSocketAddress local, InetSocketAddress remote) {
    UdpChannel udp = transport.udpChannel();
    DatagramChannel channel = null;
    try {
      channel = DatagramChannel.open(udp.protocolFamily());
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(local);
      if (remote != null) {
        channel.connect(remote);
      }
      if (transport.socketSndbufLength() != 0) {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, transport.socketSndbufLength());
      }
      if (transport.socketRcvbufLength() != 0) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, transport.socketRcvbufLength());
      }
      channel.configureBlocking(false);
      return channel;
    } catch (IOException e) {
      CloseHelper.quietClose(channel);
      throw new AeronException(e.getMessage() + ": " + udp.originalUriString(), e);
    }
  }

  @Override
  public void close() {
    CloseHelper.quietClose(holder);
  }
}
