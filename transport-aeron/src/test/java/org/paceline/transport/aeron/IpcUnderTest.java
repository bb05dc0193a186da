// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.nio.file.Path;
import java.util.List;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Transport;
import org.paceline.transport.conformance.HostilePeer;
import org.paceline.transport.conformance.TransportUnderTest;

/** Shared memory, by a worker's driver. */
public final class IpcUnderTest implements TransportUnderTest {
  /** Made by the child processes of tests, too. */
  public IpcUnderTest() {}

  @Override
  public Transport transport() {
    return new IpcTransport();
  }

  @Override
  public ClusterConfig.Builder config() {
    return new AeronUnderTest().config();
  }

  @Override
  public boolean usesNetwork() {
    return false;
  }

  @Override
  public List<HostilePeer> hostilePeers() {
    return HostileStreams.onThisMachine();
  }

  @Override
  public List<Path> files() {
    return AeronUnderTest.directories();
  }

  @Override
  public void removeRemainsOf(long pid) {
    AeronUnderTest.removeDead();
  }
}
