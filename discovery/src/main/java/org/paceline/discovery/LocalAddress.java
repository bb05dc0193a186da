// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * An address of this machine at which it takes part in discovery.
 *
 * @param interfaceName the interface that has it; a link-local address alone doesn't say
 */
record LocalAddress(String interfaceName, InetAddress address) {

  /**
   * One IPv4 and one IPv6 address of each interface that is up and reaches others; of loopback if
   * there is no other.
   */
  static Set<LocalAddress> everywhere() {
    Set<LocalAddress> found = collect(false);
    return found.isEmpty() ? collect(true) : found;
  }

  /** {@link #everywhere()}, and loopback. */
  static Set<LocalAddress> everywhereAndLoopback() {
    Set<LocalAddress> found = collect(false);
    found.addAll(collect(true));
    return found;
  }

  /** Loopback alone. */
  static Set<LocalAddress> loopback() {
    return collect(true);
  }

  /** Whether an address, written in digits, is one that only this machine reaches. */
  static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** That address, while this machine has it. */
  static Set<LocalAddress> only(InetAddress address) {
    try {
      NetworkInterface owner = NetworkInterface.getByInetAddress(address);
      return owner == null ? Set.of() : Set.of(new LocalAddress(owner.getName(), address));
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** IPv6 has no route for multicast on loopback. */
  static boolean canMulticast(InetAddress address) {
    return address instanceof Inet4Address || !address.isLoopbackAddress();
  }

  private static Set<LocalAddress> collect(boolean loopback) {
    Set<LocalAddress> result = new LinkedHashSet<>();
    try {
      for (NetworkInterface candidate : NetworkInterface.networkInterfaces().toList()) {
        // Linux says of loopback that it can't multicast; it can.
        if (isUp(candidate)
            && candidate.isLoopback() == loopback
            && (loopback || candidate.supportsMulticast())) {
          addAddresses(candidate, result);
        }
      }
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
    return result;
  }

  /** An interface that vanished since it was listed is none. */
  private static boolean isUp(NetworkInterface candidate) {
    try {
      return candidate.isUp();
    } catch (SocketException e) {
      return false;
    }
  }

  private static void addAddresses(NetworkInterface owner, Set<LocalAddress> result) {
    List<InetAddress> addresses = owner.inetAddresses().toList();
    addresses.stream()
        .filter(Inet4Address.class::isInstance)
        .findFirst()
        .ifPresent(address -> result.add(new LocalAddress(owner.getName(), address)));
    // All that hear multicast on this link can reach its link-local address, and perhaps no other.
    addresses.stream()
        .filter(address -> address instanceof Inet6Address && canMulticast(address))
        .min(Comparator.comparing(address -> !address.isLinkLocalAddress()))
        .ifPresent(address -> result.add(new LocalAddress(owner.getName(), address)));
  }

  @Override
  public String toString() {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return (scope < 0 ? text : text.substring(0, scope)) + " on " + interfaceName;
  }
}
