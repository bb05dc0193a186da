// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which of a worker's addresses is taken. */
class ReachTest {
  private static Optional<String> best(String interfaceName, String... addresses) {
    InetAddress[] parsed =
        Arrays.stream(addresses).map(ReachTest::parse).toArray(InetAddress[]::new);
    return Reach.all(parsed, interfaceName).stream().findFirst().map(Reach::host);
  }

  private static InetAddress parse(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String loopback() throws java.net.SocketException {
    return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()).getName();
  }

  @Test
  void aLinkLocalAddressGetsTheInterfaceItWasHeardOn() {
    assertEquals(Optional.of("fe80:0:0:0:0:0:0:7%net0"), best("net0", "fe80::7"));
  }

  @Test
  void ipv4IsPreferredToFarIpv6AndLinkLocalToAForeignSubnet() {
    assertEquals(Optional.of("203.0.113.7"), best("net0", "2001:db8::7", "203.0.113.7"));
    assertEquals(Optional.of("fe80:0:0:0:0:0:0:7%net0"), best("net0", "203.0.113.7", "fe80::7"));
  }

  @Test
  void aSharedSubnetIsPreferred() throws Exception {
    assertEquals(Optional.of("127.9.9.9"), best(loopback(), "10.0.0.1", "127.9.9.9", "fe80::7"));
  }

  @Test
  void nobodyElsesAddressCanBeLoopback() throws Exception {
    assertEquals(Optional.empty(), best("net0", "127.0.0.1", "::1"));
    assertEquals(Optional.of("10.0.0.1"), best("net0", "127.0.0.1", "10.0.0.1"));
    assertEquals(Optional.of("127.0.0.1"), best(loopback(), "127.0.0.1"));
  }

  @Test
  void whatIsNoHostsAddressIsIgnored() {
    assertEquals(Optional.empty(), best("net0", "0.0.0.0", "::", "224.0.0.251", "ff02::fb"));
    assertEquals(Optional.empty(), best("net0"));
  }
}
