// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.paceline.transport.conformance.BackPressureTests;
import org.paceline.transport.conformance.KeptResources;
import org.paceline.transport.conformance.TransportUnderTest;

/**
 * What a network that loses every hundredth datagram must not change. These tests fill all buffers
 * again and again, which takes minutes where more is lost.
 */
@Tag("slow")
class AeronSlightLossConformanceTest extends KeptResources implements BackPressureTests {
  @BeforeAll
  static void lose() {
    LossyEndpoints.install(new LossyEndpoints.Loss(11, 0.01, 1));
  }

  @AfterAll
  static void loseNoMore() {
    LossyEndpoints.uninstall();
  }

  @Override
  public TransportUnderTest underTest() {
    return new LossyAeron(Duration.ofSeconds(29));
  }
}
