// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Transport;
import org.paceline.transport.conformance.BackPressureTests;
import org.paceline.transport.conformance.CloseTests;
import org.paceline.transport.conformance.KeptResources;
import org.paceline.transport.conformance.OrderTests;
import org.paceline.transport.conformance.RegionTests;
import org.paceline.transport.conformance.TransportUnderTest;

/** What a network that loses every tenth datagram must not change. */
class AeronLossConformanceTest extends KeptResources
    implements OrderTests, BackPressureTests, RegionTests, CloseTests {
  private static final double LOSS = 0.1;

  @BeforeAll
  static void lose() {
    LossyEndpoints.install(new LossyEndpoints.Loss(11, LOSS, 1));
  }

  @AfterAll
  static void loseNoMore() {
    LossyEndpoints.uninstall();
  }

  @Override
  public TransportUnderTest underTest() {
    return new TransportUnderTest() {
      @Override
      public Transport transport() {
        return new AeronTransport();
      }

      @Override
      public ClusterConfig.Builder config() {
        // A driver of its own, as no other test has this time-out; and datagrams as on Ethernet.
        return ClusterConfig.builder()
            .heartbeatTimeout(Duration.ofSeconds(30))
            .aeron(AeronConfig.DEFAULTS.withMtuBytes(1408));
      }
    };
  }
}
