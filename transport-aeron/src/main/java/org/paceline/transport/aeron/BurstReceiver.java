// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import java.net.InetSocketAddress;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Takes datagrams that came together in one system call. What follows each other in a stream goes
 * into it at once, as the frames of one datagram do. Belongs to the thread that receives.
 */
class BurstReceiver extends ReceiveChannelEndpoint {
  private final UnsafeBuffer run = new UnsafeBuffer();
  private final int hostPort;
  private final DataHeaderFlyweight runHeader = new DataHeaderFlyweight();

  BurstReceiver(
      UdpChannel channel,
      DataPacketDispatcher dispatcher,
      AtomicCounter status,
      MediaDriver.Context context,
      int hostPort) {
    super(channel, dispatcher, status, context);
    this.hostPort = hostPort;
  }

  @Override
  public void openDatagramChannel(AtomicCounter status) {
    InetSocketAddress local = udpChannel().remoteData();
    if (hostPort != 0 && local.getPort() == hostPort && !isMulticast()) {
      receiveDatagramChannel = HostPort.open(this, local, null);
      sendDatagramChannel = receiveDatagramChannel;
    } else {
      super.openDatagramChannel(status);
    }
  }

  @Override
  public void openChannel() {
    super.openChannel();
    if (receiveDatagramChannel != null) {
      boolean ignored = UdpOffload.coalesce(receiveDatagramChannel);
    }
  }

  @Override
  public int onDataPacket(
      DataHeaderFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transportIndex) {
    int end = FrameRuns.end(buffer, 0, length);
    if (end == 0 || end == length) {
      return super.onDataPacket(header, buffer, length, source, transportIndex);
    }
    int start = 0;
    int applied = 0;
    // what is neither data nor whole is sent again if it matters
    while (end > start) {
      run.wrap(buffer, start, end - start);
      runHeader.wrap(run);
      applied += super.onDataPacket(runHeader, run, end - start, source, transportIndex);
      start = end;
      end = FrameRuns.end(buffer, start, length);
    }
    return applied;
  }
}
