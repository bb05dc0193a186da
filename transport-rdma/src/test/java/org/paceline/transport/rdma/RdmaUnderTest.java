// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Transport;
import org.paceline.transport.conformance.HostilePeer;
import org.paceline.transport.conformance.TransportUnderTest;

/** RDMA over the first device of this machine that has an IPv4 address. */
public final class RdmaUnderTest implements TransportUnderTest {
  private static final String IPV4_GID = "0000:0000:0000:0000:0000:ffff:";

  /** Made by the child processes of tests, too. */
  public RdmaUnderTest() {}

  @Override
  public Transport transport() {
    return new RdmaTransport();
  }

  @Override
  public Endpoint anyPort() {
    return new Endpoint(RdmaTransport.SCHEME, address().orElseThrow(), 0);
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

  /** Skips the caller's tests where there is nothing to test with. */
  static void assumeDevice() {
    Optional<String> obstacle = new RdmaTransport().unavailable();
    Assumptions.assumeTrue(obstacle.isEmpty(), () -> "no RDMA here: " + obstacle.orElseThrow());
    Assumptions.assumeTrue(address().isPresent(), "no RDMA device has an IPv4 address");
  }

  /** An address of a RoCE device; its table of GIDs has them as mapped IPv6 addresses. */
  private static Optional<String> address() {
    Path devices = Path.of("/sys/class/infiniband");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(devices)) {
      for (Path device : all) {
        try (DirectoryStream<Path> gids =
            Files.newDirectoryStream(device.resolve("ports/1/gids"))) {
          for (Path gid : gids) {
            String text = Files.readString(gid).strip();
            if (text.startsWith(IPV4_GID)) {
              return Optional.of(dotted(text.substring(IPV4_GID.length()).replace(":", "")));
            }
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String dotted(String hex) {
    long address = Long.parseLong(hex, 16);
    return (address >> 24)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }
}
