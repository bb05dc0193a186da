// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Transport;
import org.paceline.transport.conformance.HostilePeer;
import org.paceline.transport.conformance.TransportUnderTest;

/** RDMA over the {@link RequiresRdma#address} of this machine. */
public final class RdmaUnderTest implements TransportUnderTest {
  /** Made by the child processes of tests, too. */
  public RdmaUnderTest() {}

  @Override
  public Transport transport() {
    return new RdmaTransport();
  }

  @Override
  public Endpoint anyPort() {
    return new Endpoint(RdmaTransport.SCHEME, RequiresRdma.address().orElseThrow(), 0);
  }

  /**
   * With a key, because a device's address can be reached from other machines, and with the
   * patience that an emulated machine asks for.
   */
  @Override
  public ClusterConfig.Builder config() {
    return ClusterConfig.builder().key("a secret").heartbeatTimeout(Duration.ofSeconds(10));
  }

  @Override
  public Optional<String> reasonAgainstHugeWrite() {
    return Optional.of("a device in software takes minutes, and pins 10 GiB");
  }

  @Override
  public List<HostilePeer> hostilePeers() {
    return HostileSends.all();
  }
}
