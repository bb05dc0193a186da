// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.time.Duration;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Transport;
import org.paceline.transport.conformance.TransportUnderTest;

/** UDP in datagrams as on Ethernet, by a driver of its own: no other test has this time-out. */
final class LossyAeron implements TransportUnderTest {
  private final Duration heartbeatTimeout;

  LossyAeron(Duration heartbeatTimeout) {
    this.heartbeatTimeout = heartbeatTimeout;
  }

  @Override
  public Transport transport() {
    return new AeronTransport();
  }

  /** Each of some thousand datagrams that are lost takes a round trip and a delay. */
  @Override
  public int longestRandomWrite() {
    return 1_000_000;
  }

  @Override
  public ClusterConfig.Builder config() {
    return ClusterConfig.builder()
        .heartbeatTimeout(heartbeatTimeout)
        .aeron(AeronConfig.DEFAULTS.withMtuBytes(1408));
  }
}
