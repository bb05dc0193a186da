// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.paceline.api.transport.HostAddresses;
import org.paceline.api.transport.TransportException;

/** Turns an endpoint's host into an IPv4 address, the only kind that DiSNI knows. */
final class Addresses {
  private Addresses() {}

  /**
   * The first IPv4 address of {@code host}, as {@link HostAddresses#resolve} finds it. Fails with a
   * {@link TransportException}.
   */
  static CompletableFuture<InetAddress> resolve(String host) {
    return HostAddresses.resolve(host)
        .handle(
            (addresses, unknown) -> {
              if (unknown != null) {
                throw new TransportException("no address is known for the name " + host, unknown);
              }
              return Arrays.stream(addresses)
                  .filter(Inet4Address.class::isInstance)
                  .findFirst()
                  .orElseThrow(() -> noIpv4(host));
            });
  }

  private static TransportException noIpv4(String host) {
    return new TransportException(
        host + " has no IPv4 address, and the RDMA transport uses no other");
  }
}
