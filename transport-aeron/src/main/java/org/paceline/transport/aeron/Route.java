// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.DatagramChannel;
import org.paceline.api.transport.TransportException;

/**
 * The way to a peer.
 *
 * @param local this machine's address on that way
 * @param maxPayloadBytes longest datagram payload that crosses its first link in one piece, as a
 *     multiple of 32
 */
record Route(InetAddress local, int maxPayloadBytes) {
  private static final int IPV4_AND_UDP_HEADERS = 28;
  private static final int IPV6_AND_UDP_HEADERS = 48;

  /** Aeron's own limit. */
  private static final int MAX_PAYLOAD_BYTES = 65_504;

  /** The same way, found to carry datagrams of so many bytes of payload. */
  Route carrying(int payloadBytes) {
    return new Route(local, payloadBytes);
  }

  /** Asks the system; sends nothing. */
  static Route to(InetAddress peer) {
    // Any port does, as nothing is sent there.
    try (DatagramChannel probe = DatagramChannel.open().connect(new InetSocketAddress(peer, 9))) {
      InetAddress local = ((InetSocketAddress) probe.getLocalAddress()).getAddress();
      NetworkInterface port = NetworkInterface.getByInetAddress(local);
      int headers = local instanceof Inet6Address ? IPV6_AND_UDP_HEADERS : IPV4_AND_UDP_HEADERS;
      int mtu = port == null ? 1500 : port.getMTU();
      return new Route(local, Math.min(MAX_PAYLOAD_BYTES, mtu - headers) & -32);
    } catch (IOException e) {
      throw new TransportException("there is no way to " + peer + ": " + e.getMessage(), e);
    }
  }
}
