// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.paceline.api.transport.TransportException;

/** Turns an endpoint's host into an IPv4 address, the only kind that DiSNI knows. */
final class Addresses {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private Addresses() {}

  /**
   * The first IPv4 address of {@code host}; at once for a literal address or localhost, else when
   * the name service has answered on a thread of its own. Fails with a {@link TransportException}.
   */
  static CompletableFuture<InetAddress> resolve(String host) {
    CompletableFuture<InetAddress> result = new CompletableFuture<>();
    boolean literal = host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
    if (literal || host.equalsIgnoreCase("localhost")) {
      lookUp(host, result);
    } else {
      Thread thread = new Thread(() -> lookUp(host, result), "paceline-resolve-" + host);
      thread.setDaemon(true);
      thread.start();
    }
    return result;
  }

  private static void lookUp(String host, CompletableFuture<InetAddress> result) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (address instanceof Inet4Address) {
          result.complete(address);
          return;
        }
      }
      result.completeExceptionally(
          new TransportException(
              host + " has no IPv4 address, and the RDMA transport uses no other"));
    } catch (UnknownHostException e) {
      result.completeExceptionally(
          new TransportException("no address is known for the name " + host, e));
    }
  }
}
