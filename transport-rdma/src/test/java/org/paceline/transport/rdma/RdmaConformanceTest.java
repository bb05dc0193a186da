// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.TransportException;
import org.paceline.transport.conformance.Await;
import org.paceline.transport.conformance.TransportConformance;
import org.paceline.transport.conformance.TransportUnderTest;

@Tag("slow")
@Tag("rdma")
@ExtendWith(RequiresRdma.class)
class RdmaConformanceTest extends TransportConformance {
  @Override
  public TransportUnderTest underTest() {
    return new RdmaUnderTest();
  }

  /** What can be listened on is what other machines can reach, and that needs a key. */
  @Test
  @Override
  public void withoutAKeyOnlyLoopbackIsListenedOn() {
    ClusterConfig withoutKey = ClusterConfig.builder().build();
    for (String host : List.of("0.0.0.0", "192.0.2.1", underTest().anyPort().host())) {
      String message = refusalToListen(host, withoutKey);
      assertTrue(message.contains("paceline.key"), message);
    }
    ClusterConfig withKey = underTest().config().build();
    underTest().transport().listen(new Endpoint("rdma", "0.0.0.0", 0), withKey).close();
  }

  private String refusalToListen(String host, ClusterConfig config) {
    Endpoint endpoint = new Endpoint("rdma", host, 0);
    return assertThrows(
            TransportException.class, () -> underTest().transport().listen(endpoint, config))
        .getMessage();
  }

  /** No device has a loopback address, and that is said at both ends. */
  @Test
  @Override
  public void addressesOfLoopbackReachAListenerByName() {
    ClusterConfig config = underTest().config().build();
    for (String host : List.of("localhost", "127.0.0.1", "127.0.0.2")) {
      String message = refusalToListen(host, config);
      assertTrue(message.contains("rdma://" + host + ":0"), message);
      assertTrue(message.contains("no loopback address; use one of"), message);
    }
    Channel channel = underTest().transport().connect(Endpoint.parse("rdma://localhost:1"), config);
    Await.until(
        "the connection attempt ends",
        () -> {
          channel.poll((from, buffer, offset, length) -> {}, 1);
          return channel.isClosed();
        });
    String reason = channel.closeReason();
    assertTrue(reason.contains("no RDMA device of this machine leads there"), reason);
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
  public void oneWriteLongerThanAnIntCounts() throws IOException {
    assumeMemory(6);
    super.oneWriteLongerThanAnIntCounts();
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
