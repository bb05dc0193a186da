// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

/**
 * Whether large packets reach a worker. On a path that carries shorter ones than its ends believe,
 * and doesn't say so, a worker attaches, hears nothing more, and comes back, for ever.
 */
final class DataPath {
  /** Once may be a host that stood still. */
  private static final int TELLING = 2;

  private int starved;
  private boolean proved;

  /** A worker is attached; nothing is known of this channel. */
  void opened() {
    proved = false;
  }

  /** The worker has got what it was sent. */
  void proved() {
    proved = true;
    starved = 0;
  }

  /** Whether something large has arrived over this channel. */
  boolean isProved() {
    return proved;
  }

  /**
   * The channel ends because nothing but small messages arrived.
   *
   * @return why, as a sentence for people
   */
  String starved(String reason) {
    starved++;
    return starved < TELLING
        ? reason
        : "small messages pass, data doesn't: does the path carry 1500-byte packets? Set"
            + " net.ipv4.tcp_mtu_probing=1 here and there, or lower the MTU of the network interface"
            + " (ip link set dev eth0 mtu 1280), or use --transport aeron with a lower aeron.mtu";
  }

  /** Whether the last sentence is the first of its kind. */
  boolean isNews() {
    return starved == TELLING;
  }
}
