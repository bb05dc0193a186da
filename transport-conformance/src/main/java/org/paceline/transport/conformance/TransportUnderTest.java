// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Transport;

/**
 * What the kit must know of a transport. Only {@link #transport} has no default.
 *
 * <p>An implementation is a class with a constructor without parameters, so that a child process
 * can make one, too.
 */
public interface TransportUnderTest {
  /** The transport; asked for once in each test. */
  Transport transport();

  /** Where to listen so that a free place is taken, reachable from this machine alone. */
  default Endpoint anyPort() {
    return new Endpoint(transport().scheme(), "localhost", 0);
  }

  /** The configuration of both ends. */
  default ClusterConfig.Builder config() {
    return ClusterConfig.builder();
  }

  /** The configuration of both ends with which {@link Transport#broadcast} gives a broadcast. */
  default ClusterConfig.Builder broadcastConfig() {
    return config();
  }

  /**
   * Whether endpoints name hosts of a network. If not, what is promised about addresses and the key
   * does not apply.
   */
  default boolean usesNetwork() {
    return true;
  }

  /** Peers that break the rules of the transport's own wire, where no channel of ours would. */
  default List<HostilePeer> hostilePeers() {
    return List.of();
  }

  /** Why a single write of 5 GiB can't be asked of this transport here; empty if it can. */
  default Optional<String> reasonAgainstHugeWrite() {
    return Optional.empty();
  }

  /** The longest of the writes in random mixes; shorter where most of what is sent is lost. */
  default int longestRandomWrite() {
    return 6_000_000;
  }

  /** Files and directories of this process's channels, listeners and {@link Broadcast}s, now. */
  default List<Path> files() {
    return List.of();
  }

  /** Removes what a process that used the transport left behind when it was killed. */
  default void removeRemainsOf(long pid) {}
}
