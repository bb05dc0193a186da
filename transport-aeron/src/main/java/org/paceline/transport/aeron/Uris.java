// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.TransportException;

/** Aeron's channel URIs, for one configuration. */
final class Uris {
  /** Aeron wants datagrams of IPC no longer than this, though it sends none. */
  private static final int IPC_MTU_BYTES = 65_504;

  /**
   * More than any path in a building holds (10 Gbit/s for 0.8 ms). Socket buffers are larger, so
   * that a receiver may pause and lose nothing.
   */
  private static final int MAX_WINDOW_BYTES = 1 << 20;

  private final int termBytes;
  private final int ipcTermBytes;
  private final int mtuBytes;
  private final int hostPort;
  private final boolean sharesHostPort;
  private final SocketBuffers buffers;
  private final int windowBytes;
  private final long livenessNs;

  Uris(ClusterConfig config) {
    termBytes = config.aeron().termBytes();
    ipcTermBytes = config.aeron().ipcTermBytes();
    mtuBytes = config.aeron().mtuBytes();
    hostPort = config.aeron().hostPort();
    // Another driver's sockets don't share ports.
    sharesHostPort = hostPort != 0 && config.aeron().directory().isEmpty();
    buffers = SocketBuffers.granted(config.socketBufferBytes());
    windowBytes = Math.min(MAX_WINDOW_BYTES, Math.min(buffers.receiveBytes(), termBytes / 2));
    livenessNs = MediaDrivers.liveness(config).toNanos();
  }

  /** {@code host:port} with a literal address. */
  static String endpoint(InetAddress address, int port) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    return (address instanceof Inet6Address ? "[" + plain + "]:" : plain + ":") + port;
  }

  /** To a peer's port. */
  String udpPublication(String endpoint, int mtu) {
    return "aeron:udp?endpoint=" + endpoint + sending(mtu);
  }

  /** The same from a host, at whose port it gets what is said about the stream. */
  String hostPublication(String endpoint, Route route, int mtu) {
    String from = sharesHostPort ? "|interface=" + endpoint(route.local(), hostPort) : "";
    return udpPublication(endpoint, mtu) + from;
  }

  /** Where a host is answered; 0 for any port. */
  int hostPort() {
    return hostPort;
  }

  /** At a port of this machine; 0 takes a free one. */
  String udpSubscription(String endpoint) {
    return "aeron:udp?endpoint=" + endpoint + receiving();
  }

  String ipcPublication() {
    return "aeron:ipc?term-length="
        + ipcTermBytes
        + "|mtu="
        + (mtuBytes == 0 ? IPC_MTU_BYTES : mtuBytes);
  }

  static String ipcSubscription() {
    return "aeron:ipc";
  }

  /** To a multicast group, from the interface with {@code route}'s local address, at its MTU. */
  String multicastPublication(String group, Route route) {
    return "aeron:udp?endpoint="
        + group
        + "|interface="
        + bare(route.local())
        + flowControl()
        + sending(route.maxPayloadBytes());
  }

  String multicastSubscription(String group, InetAddress local, int session) {
    return "aeron:udp?endpoint="
        + group
        + "|interface="
        + bare(local)
        + "|session-id="
        + session
        + receiving();
  }

  /** To all who ask at {@code control}, an address of this machine. */
  String mdcPublication(String control, Route route) {
    return "aeron:udp?control-mode=dynamic|control="
        + control
        + flowControl()
        + sending(route.maxPayloadBytes());
  }

  String mdcSubscription(String control, InetAddress local, int session) {
    return "aeron:udp?control-mode=dynamic|endpoint="
        + endpoint(local, 0)
        + "|control="
        + control
        + "|session-id="
        + session
        + receiving();
  }

  /** Aeron's interface= takes no port but brackets around IPv6. */
  private static String bare(InetAddress address) {
    String withPort = endpoint(address, 0);
    return withPort.substring(0, withPort.length() - 2);
  }

  private String flowControl() {
    // Before a broadcast is renewed for want of progress.
    return "|fc=min,t:" + livenessNs / 4 * 3 + "ns";
  }

  private String sending(int mtu) {
    // What waits at the sender delays later messages, and misses who joins a broadcast after it.
    return "|term-length="
        + termBytes
        + "|pub-wnd="
        + Math.max(windowBytes, 2 * mtu)
        + "|mtu="
        + mtu
        + "|so-sndbuf="
        + buffers.sendBytes();
  }

  private String receiving() {
    return "|so-rcvbuf=" + buffers.receiveBytes() + "|rcv-wnd=" + windowBytes;
  }

  /** Datagram payload for a way that nothing else is known of. */
  int mtu(Route route) {
    int most = Math.min(buffers.sendBytes(), buffers.receiveBytes()) & -32;
    if (mtuBytes > most) {
      throw new TransportException(
          "aeron.mtu="
              + mtuBytes
              + " is more than the "
              + most
              + " bytes that fit a socket buffer: lower it, or raise paceline.socket-buffer");
    }
    return mtuBytes > 0 ? mtuBytes : Math.min(most, route.maxPayloadBytes());
  }

  /** Silence after which a peer's stream counts as ended. */
  long livenessNs() {
    return livenessNs;
  }

  /** The longest term that a peer is given memory for ahead of need. */
  int maxPeerTermBytes() {
    return ipcTermBytes;
  }

  /** A stream's log buffer at one end: three terms and a page of metadata. */
  long logBytes() {
    return 3L * termBytes + 4096;
  }

  /** The same through shared memory. */
  long ipcLogBytes() {
    return 3L * ipcTermBytes + 4096;
  }
}
