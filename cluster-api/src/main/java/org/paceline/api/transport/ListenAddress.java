// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.util.concurrent.CompletionException;
import org.paceline.api.ClusterConfig;

/** What all transports that listen at an address of this machine must heed, and how they fail. */
public final class ListenAddress {
  private ListenAddress() {}

  /**
   * The address to listen at: the first of the endpoint's host. Waits for the name service.
   *
   * @throws TransportException if the name is unknown, or if other machines can reach the address
   *     and there is no cluster key
   */
  public static InetAddress of(Endpoint endpoint, ClusterConfig config) {
    InetAddress address;
    try {
      address = HostAddresses.resolve(endpoint.host()).join()[0];
    } catch (CompletionException e) {
      throw new TransportException(
          "can't listen on "
              + endpoint
              + ": no address is known for the name "
              + endpoint.host()
              + "; use an address of this machine",
          e.getCause());
    }
    if (!address.isLoopbackAddress() && config.key().isEmpty()) {
      throw new TransportException(
          "won't listen on "
              + endpoint
              + " without a cluster key, because other machines can reach it: set paceline.key or"
              + " --key-file on the host and on its workers, or listen on localhost");
    }
    return address;
  }

  /** That a socket can't be bound, with what to do. */
  public static TransportException unavailable(Endpoint endpoint, IOException cause) {
    String text = String.valueOf(cause.getMessage());
    if (cause instanceof BindException && text.contains("in use")) {
      text =
          "the port is taken; stop what listens there or choose another port (0 takes a free one)";
    } else if (cause instanceof BindException && text.contains("assign")) {
      text = "that is no address of this machine; use one that is, or 0.0.0.0 for all";
    }
    return new TransportException("can't listen on " + endpoint + ": " + text, cause);
  }
}
