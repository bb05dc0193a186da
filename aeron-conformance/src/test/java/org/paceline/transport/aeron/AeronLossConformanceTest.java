// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.paceline.transport.conformance.CloseTests;
import org.paceline.transport.conformance.KeptResources;
import org.paceline.transport.conformance.OrderTests;
import org.paceline.transport.conformance.RegionTests;
import org.paceline.transport.conformance.TransportUnderTest;

/** What a network that loses every tenth datagram must not change. */
@Tag("slow")
class AeronLossConformanceTest extends KeptResources
    implements OrderTests, RegionTests, CloseTests {
  @BeforeAll
  static void lose() {
    LossyEndpoints.install(new LossyEndpoints.Loss(11, 0.1, 1));
  }

  @AfterAll
  static void loseNoMore() {
    LossyEndpoints.uninstall();
  }

  @Override
  public TransportUnderTest underTest() {
    return new LossyAeron(Duration.ofSeconds(30));
  }
}
