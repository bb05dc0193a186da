// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.util.List;
import org.paceline.api.transport.Transport;
import org.paceline.transport.conformance.HostilePeer;
import org.paceline.transport.conformance.TransportUnderTest;

/** TCP, as the conformance tests see it. */
final class TcpUnderTest implements TransportUnderTest {
  @Override
  public Transport transport() {
    return new TcpTransport();
  }

  @Override
  public List<HostilePeer> hostilePeers() {
    return HostileStreams.all();
  }
}
