// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.MessageHandler;
import org.paceline.transport.tcp.TcpTransport;

/** Two connected ends of Paceline's TCP transport over loopback. */
final class ChannelPair implements AutoCloseable {
  private static final MessageHandler NOTHING_YET =
      (channel, buffer, offset, length) -> {
        throw new IllegalStateException("nobody has sent anything");
      };

  final Channel near;
  final Channel far;

  ChannelPair() {
    TcpTransport transport = new TcpTransport();
    ClusterConfig config = ClusterConfig.builder().build();
    try (Listener listener = transport.listen(Endpoint.parse("localhost:0"), config)) {
      near = transport.connect(listener.endpoint(), config);
      far = connect(listener);
    }
  }

  private Channel connect(Listener listener) {
    Channel accepted = null;
    while (accepted == null || !near.isConnected() || !accepted.isConnected()) {
      near.poll(NOTHING_YET, 1);
      if (accepted == null) {
        accepted = listener.accept();
      } else {
        accepted.poll(NOTHING_YET, 1);
      }
      if (near.isClosed()) {
        throw new IllegalStateException(near.closeReason());
      }
    }
    return accepted;
  }

  @Override
  public void close() {
    near.close();
    far.close();
  }
}
