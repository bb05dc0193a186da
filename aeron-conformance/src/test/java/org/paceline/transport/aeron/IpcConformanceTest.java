// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import org.junit.jupiter.api.Tag;
import org.paceline.transport.conformance.TransportConformance;
import org.paceline.transport.conformance.TransportUnderTest;

@Tag("slow")
class IpcConformanceTest extends TransportConformance {
  @Override
  public TransportUnderTest underTest() {
    return new IpcUnderTest();
  }
}
