// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.TransportException;
import org.paceline.transport.conformance.TransportConformance;
import org.paceline.transport.conformance.TransportUnderTest;

class RdmaConformanceTest extends TransportConformance {
  @BeforeEach
  void assumeDevice() {
    RdmaUnderTest.assumeDevice();
  }

  @Override
  public TransportUnderTest underTest() {
    return new RdmaUnderTest();
  }

  /** What other machines can reach needs a key here, too; but no device has a loopback address. */
  @Test
  @Override
  public void withoutAKeyOnlyLoopbackIsListenedOn() {
    ClusterConfig withoutKey = ClusterConfig.builder().build();
    for (String host : List.of("0.0.0.0", "192.0.2.1", underTest().anyPort().host())) {
      String message = refusalToListen(host, withoutKey);
      assertTrue(message.contains("paceline.key"), message);
    }
    assertTrue(refusalToListen("127.0.0.1", withoutKey).contains("no RDMA device has"));
    ClusterConfig withKey = underTest().config().build();
    underTest().transport().listen(new Endpoint("rdma", "0.0.0.0", 0), withKey).close();
  }

  private String refusalToListen(String host, ClusterConfig config) {
    Endpoint endpoint = new Endpoint("rdma", host, 0);
    return assertThrows(
            TransportException.class, () -> underTest().transport().listen(endpoint, config))
        .getMessage();
  }

  /** There is no loopback; {@code localhost} is refused with a reason that says so. */
  @Test
  @Override
  public void addressesOfLoopbackReachAListenerByName() {
    String message = refusalToListen("localhost", underTest().config().build());
    assertTrue(message.contains("rdma://localhost:0"), message);
    assertTrue(message.contains("no RDMA device has that address"), message);
  }

  @Test
  @Override
  public void offsetsBeyondFourGiB() {
    assumeMemory(6);
    super.offsetsBeyondFourGiB();
  }

  @Test
  @Override
  public void offsetsAcrossFiveGiB() {
    assumeMemory(6);
    super.offsetsAcrossFiveGiB();
  }

  @Test
  @Override
  public void oneWriteLongerThanTwoGiB() {
    assumeMemory(6);
    super.oneWriteLongerThanTwoGiB();
  }

  /** A registered region is all there, however little of it is used. */
  private static void assumeMemory(long gib) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long free = system.getFreeMemorySize() >> 30;
    assumeTrue(
        free >= gib,
        () -> "regions are pinned, for which " + gib + " GiB are needed and " + free + " free");
  }
}
