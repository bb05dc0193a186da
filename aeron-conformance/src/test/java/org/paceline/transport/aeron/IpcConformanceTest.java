// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import org.paceline.transport.conformance.TransportConformance;
import org.paceline.transport.conformance.TransportUnderTest;

class IpcConformanceTest extends TransportConformance {
  @Override
  public TransportUnderTest underTest() {
    return new IpcUnderTest();
  }
}
