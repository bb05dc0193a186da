// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import java.util.Objects;

/**
 * Where a worker is: {@code scheme://host:port}. {@code host:port} and {@code [v6]:port} mean TCP.
 *
 * @param scheme a transport's name
 * @param host name or address
 * @param port 0..65535
 */
public record Endpoint(String scheme, String host, int port) {
  /** The port a worker takes unless told otherwise. */
  public static final int DEFAULT_PORT = 4711;

  /** Validates. */
  public Endpoint {
    Objects.requireNonNull(scheme, "scheme");
    if (host.isEmpty()) {
      throw new IllegalArgumentException("an endpoint needs a host, as in render7:" + DEFAULT_PORT);
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not in 0..65535");
    }
  }

  /**
   * Parses {@code [scheme://]host[:port]}.
   *
   * @throws IllegalArgumentException saying what was expected
   */
  public static Endpoint parse(String text) {
    int schemeEnd = text.indexOf("://");
    String scheme = schemeEnd < 0 ? "tcp" : text.substring(0, schemeEnd);
    String rest = schemeEnd < 0 ? text : text.substring(schemeEnd + 3);
    String host = rest;
    int port = DEFAULT_PORT;
    int colon = rest.lastIndexOf(':');
    boolean bracketed = rest.startsWith("[");
    boolean bareV6 = !bracketed && colon != rest.indexOf(':');
    if (colon > rest.indexOf(']') && !bareV6) {
      host = rest.substring(0, colon);
      try {
        port = Integer.parseInt(rest.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "'"
                + text
                + "': the part after the last ':' must be a port number, as in render7:"
                + DEFAULT_PORT,
            e);
      }
    }
    if (bracketed) {
      if (!host.endsWith("]")) {
        throw new IllegalArgumentException(
            "'" + text + "': an IPv6 address is written [address]:port");
      }
      host = host.substring(1, host.length() - 1);
    }
    try {
      return new Endpoint(scheme, host, port);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return scheme.equals("tcp") ? shown + ":" + port : scheme + "://" + shown + ":" + port;
  }
}
