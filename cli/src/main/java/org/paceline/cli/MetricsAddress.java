// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.net.InetSocketAddress;

/**
 * Where metrics are served.
 *
 * @param host a name or an address
 * @param port 0 takes a free one
 */
record MetricsAddress(String host, int port) {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code port}, {@code host:port} or {@code [v6]:port}.
   *
   * @param where what the text was given to, for the error
   * @throws CliException if it is none of these
   */
  static MetricsAddress parse(String where, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? LOOPBACK : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.isEmpty() || host.indexOf(':') >= 0) {
      throw wrong(where, text);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port < 0 || port > MAX_PORT) {
        throw wrong(where, text);
      }
      return new MetricsAddress(host, port);
    } catch (NumberFormatException e) {
      throw wrong(where, text);
    }
  }

  private static CliException wrong(String where, String text) {
    return CliException.usage(
        where + ": '" + text + "' is not PORT, HOST:PORT or [IPv6]:PORT, such as 127.0.0.1:9464");
  }

  InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(host, port);
  }

  /** Where a browser finds them. */
  String url() {
    return "http://" + this + "/metrics";
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
