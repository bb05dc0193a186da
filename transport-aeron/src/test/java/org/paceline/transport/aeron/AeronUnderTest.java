// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Transport;
import org.paceline.transport.conformance.HostilePeer;
import org.paceline.transport.conformance.TransportUnderTest;

/** UDP unicast, and multi-destination-cast, over loopback. */
public final class AeronUnderTest implements TransportUnderTest {
  /** Made by the child processes of tests, too. */
  public AeronUnderTest() {}

  @Override
  public Transport transport() {
    return new AeronTransport();
  }

  /**
   * Connecting takes the threads of two drivers, which on busy cores take seconds to come by; short
   * buffers, because each connection has its own.
   */
  @Override
  public ClusterConfig.Builder config() {
    return ClusterConfig.builder()
        .heartbeatTimeout(Duration.ofSeconds(6))
        .aeron(AeronConfig.DEFAULTS.withTermBytes(2 << 20));
  }

  @Override
  public ClusterConfig.Builder broadcastConfig() {
    return config().multicast("mdc");
  }

  @Override
  public List<HostilePeer> hostilePeers() {
    return HostileStreams.onANetwork();
  }

  @Override
  public List<Path> files() {
    return directories();
  }

  @Override
  public void removeRemainsOf(long pid) {
    removeDead();
  }

  /** Takes away what killed processes left, as the next driver that starts would. */
  static void removeDead() {
    try {
      DriverDirectory.claimNew().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Driver directories of this user. */
  static List<Path> directories() {
    try {
      return DriverDirectory.existing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
