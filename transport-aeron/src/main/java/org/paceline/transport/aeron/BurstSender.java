// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.NetworkPublication;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.agrona.SystemUtil;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Sends datagrams that follow each other in a stream in one system call, of which the kernel makes
 * datagrams again where the wire begins. Only full ones wait for the next: of bulk data. Belongs to
 * the thread that sends.
 */
class BurstSender extends SendChannelEndpoint implements SendBursts.Source {
  /** A quarter of a millisecond at 1 Gbit/s. */
  private static final int MAX_BURST_BYTES = 32 << 10;

  private final SendBursts bursts;
  private final int hostPort;
  private final int mtu;
  private boolean canSegment;
  private boolean segments;
  private ByteBuffer burst;
  private int start;
  private int end;
  private int endBefore;

  BurstSender(
      UdpChannel channel,
      AtomicCounter status,
      MediaDriver.Context context,
      SendBursts bursts,
      int hostPort) {
    super(channel, status, context);
    this.bursts = bursts;
    this.hostPort = hostPort;
    String own = channel.channelUri().get(CommonContext.MTU_LENGTH_PARAM_NAME);
    mtu = own == null ? context.mtuLength() : (int) SystemUtil.parseSize("mtu", own);
    canSegment =
        2 * mtu <= MAX_BURST_BYTES
            && !channel.isMultiDestination()
            && !channel.isResponseControlMode();
  }

  @Override
  public void openDatagramChannel(AtomicCounter status) {
    InetSocketAddress local = udpChannel().localControl();
    if (hostPort != 0 && local.getPort() == hostPort && !isMulticast()) {
      sendDatagramChannel = HostPort.open(this, local, udpChannel().remoteData());
      receiveDatagramChannel = sendDatagramChannel;
    } else {
      super.openDatagramChannel(status);
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // two terms may hold the same bytes
  public int send(ByteBuffer datagram) {
    int from = datagram.position();
    int bytes = datagram.remaining();
    boolean follows = datagram == burst && from == end && bytes <= mtu;
    if (burst != null && !follows && !flush()) {
      return 0;
    }
    if (burst == null) {
      if (!canSegment || bytes != mtu) {
        return super.send(datagram);
      }
      burst = datagram;
      start = from;
      endBefore = from;
      bursts.add(this);
    }
    end = from + bytes;
    if ((bytes < mtu || end - start + mtu > MAX_BURST_BYTES) && !flush()) {
      end = from;
      return 0;
    }
    return bytes;
  }

  @Override
  public boolean sendUnlessGrown() {
    if (burst != null && end == endBefore) {
      return flush();
    }
    endBefore = end;
    return burst == null;
  }

  /** Its memory goes after this. */
  @Override
  public void unregisterForSend(NetworkPublication publication) {
    if (burst != null) {
      flush();
      burst = null;
    }
    super.unregisterForSend(publication);
  }

  /** Whether the socket took all that was held back. */
  private boolean flush() {
    int position = burst.position();
    int limit = burst.limit();
    boolean sent = (canSegment && end - start > mtu) ? sendAtOnce() : sendEach();
    burst.limit(limit).position(position);
    if (sent) {
      burst = null;
    }
    return sent;
  }

  private boolean sendAtOnce() {
    if (!segments) {
      segments = UdpOffload.segment(sendDatagramChannel, mtu);
      canSegment = segments;
    }
    burst.limit(end).position(start);
    try {
      return canSegment ? sendDatagramChannel.write(burst) > 0 : sendEach();
    } catch (PortUnreachableException | ClosedChannelException e) {
      // nobody is there any more, as after any other datagram
      return true;
    } catch (IOException e) {
      // the device's driver can't
      canSegment = false;
      return sendEach();
    }
  }

  private boolean sendEach() {
    while (start < end) {
      int next = Math.min(start + mtu, end);
      burst.limit(next).position(start);
      if (super.send(burst) == 0) {
        return false;
      }
      start = next;
    }
    return true;
  }
}
