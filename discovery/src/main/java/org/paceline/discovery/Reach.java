// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How well an address that was heard on one of our interfaces can be reached from here.
 *
 * @param rank lower is better
 * @param host the address as an endpoint names it, with its interface where it needs one
 */
record Reach(int rank, String host) implements Comparable<Reach> {
  private static final int SAME_SUBNET_IPV4 = 0;
  private static final int SAME_SUBNET_IPV6 = 1;
  private static final int LINK_LOCAL_IPV6 = 2;
  private static final int OTHER_IPV4 = 3;
  private static final int OTHER_IPV6 = 4;

  /** More than a machine has addresses, few enough to look at for every packet. */
  private static final int MAX_ADDRESSES = 32;

  /** A worker's addresses, best first; none if none can be its own. */
  static List<Reach> all(InetAddress[] addresses, String interfaceName) {
    Optional<NetworkInterface> heardOn = byName(interfaceName);
    boolean onLoopback = heardOn.isPresent() && isLoopback(heardOn.get());
    List<InterfaceAddress> subnets =
        heardOn.map(NetworkInterface::getInterfaceAddresses).orElse(List.of());
    return Arrays.stream(addresses)
        .limit(MAX_ADDRESSES)
        // Else anybody could make a host connect to itself.
        .filter(address -> onLoopback || !address.isLoopbackAddress())
        .filter(address -> !address.isAnyLocalAddress() && !address.isMulticastAddress())
        .map(address -> of(address, interfaceName, subnets))
        .distinct()
        .sorted()
        .toList();
  }

  /** Whether it lies in a subnet of the interface on which it was heard. */
  boolean isNear() {
    return rank <= SAME_SUBNET_IPV6;
  }

  /** Whether it means something on one interface only. */
  boolean isLinkLocal() {
    return rank == LINK_LOCAL_IPV6;
  }

  /** The address alone. */
  String withoutZone() {
    int zone = host.indexOf('%');
    return zone < 0 ? host : host.substring(0, zone);
  }

  private static Reach of(
      InetAddress address, String interfaceName, List<InterfaceAddress> subnets) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    String host = scope < 0 ? text : text.substring(0, scope);
    boolean near = subnets.stream().anyMatch(subnet -> contains(subnet, address));
    if (address instanceof Inet4Address) {
      return new Reach(near ? SAME_SUBNET_IPV4 : OTHER_IPV4, host);
    }
    if (address.isLinkLocalAddress()) {
      return new Reach(LINK_LOCAL_IPV6, host + "%" + interfaceName);
    }
    return new Reach(near ? SAME_SUBNET_IPV6 : OTHER_IPV6, host);
  }

  private static boolean contains(InterfaceAddress subnet, InetAddress address) {
    byte[] ours = subnet.getAddress().getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < subnet.getNetworkPrefixLength(); bit++) {
      int mask = 0x80 >> (bit & 7);
      if (((ours[bit >> 3] ^ theirs[bit >> 3]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private static Optional<NetworkInterface> byName(String name) {
    try {
      return Optional.ofNullable(NetworkInterface.getByName(name));
    } catch (SocketException e) {
      return Optional.empty();
    }
  }

  private static boolean isLoopback(NetworkInterface candidate) {
    try {
      return candidate.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }

  @Override
  public int compareTo(Reach other) {
    return Comparator.comparingInt(Reach::rank).thenComparing(Reach::host).compare(this, other);
  }
}
