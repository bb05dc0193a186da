// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** Turns an endpoint's host into addresses, without a transport's thread waiting for them. */
public final class HostAddresses {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private HostAddresses() {}

  /**
   * The addresses of {@code host}; at once for a literal address or localhost, else when the name
   * service has answered on a thread of its own. Fails with an {@link UnknownHostException}.
   */
  public static CompletableFuture<InetAddress[]> resolve(String host) {
    CompletableFuture<InetAddress[]> result = new CompletableFuture<>();
    if (host.equalsIgnoreCase("localhost")) {
      result.complete(new InetAddress[] {InetAddress.getLoopbackAddress()});
    } else if (isLiteral(host)) {
      lookUp(host, result);
    } else {
      Thread thread = new Thread(() -> lookUp(host, result), "paceline-resolve-" + host);
      thread.setDaemon(true);
      thread.start();
    }
    return result;
  }

  /** Whether it is an address in digits, for which no name service is asked. */
  public static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }

  private static void lookUp(String host, CompletableFuture<InetAddress[]> result) {
    try {
      result.complete(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      result.completeExceptionally(e);
    }
  }
}
