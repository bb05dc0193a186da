// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.paceline.api.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the system grants of the socket buffers asked for.
 *
 * @param sendBytes of a socket's send buffer
 * @param receiveBytes of a socket's receive buffer
 */
record SocketBuffers(int sendBytes, int receiveBytes) {
  private static final Logger LOG = LoggerFactory.getLogger(SocketBuffers.class);
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  /** A media driver wants a number, and datagrams have no buffers that fit themselves. */
  private static final int DEFAULT_BYTES = 4 << 20;

  /** Those of a socket that was asked for so many bytes; 0 for what suits most. */
  static SocketBuffers granted(int configuredBytes) {
    int askedBytes = configuredBytes == 0 ? DEFAULT_BYTES : configuredBytes;
    try (DatagramChannel channel = DatagramChannel.open()) {
      int send = granted(channel, StandardSocketOptions.SO_SNDBUF, askedBytes);
      int receive = granted(channel, StandardSocketOptions.SO_RCVBUF, askedBytes);
      if (Math.min(send, receive) < askedBytes && WARNED.compareAndSet(false, true)) {
        LOG.warn(
            "the system grants UDP sockets buffers of {} bytes to send and {} to receive instead of"
                + " {}, so at most that much is under way at a time: as root, sysctl -w{}{}",
            send,
            receive,
            askedBytes,
            receive < askedBytes ? " net.core.rmem_max=" + askedBytes : "",
            send < askedBytes ? " net.core.wmem_max=" + askedBytes : "");
      }
      return new SocketBuffers(send, receive);
    } catch (IOException e) {
      throw new TransportException("can't open a UDP socket: " + e.getMessage(), e);
    }
  }

  private static int granted(DatagramChannel channel, SocketOption<Integer> option, int asked)
      throws IOException {
    return Math.min(asked, channel.setOption(option, asked).getOption(option));
  }
}
