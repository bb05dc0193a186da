// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lists stand for, and what is said about wrong ones. */
class HostListTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node7 | node7:4711",
        "node7:5000 | node7:5000",
        "node[1-3] | node1:4711 node2:4711 node3:4711",
        "node[001-003,200]:5000 | node001:5000 node002:5000 node003:5000 node200:5000",
        "n[8-11] | n8:4711 n9:4711 n10:4711 n11:4711",
        "n[08-10] | n08:4711 n09:4711 n10:4711",
        "n[0-0] | n0:4711",
        "a,b[1,3],c:1 | a:4711 b1:4711 b3:4711 c:1",
        "a , b | a:4711 b:4711",
        "r[1-2]n[1-2] | r1n1:4711 r1n2:4711 r2n1:4711 r2n2:4711",
        "n[1-2]-ib0.example.org:9 | n1-ib0.example.org:9 n2-ib0.example.org:9",
        "[1-2]x | 1x:4711 2x:4711",
        "10.0.0.[1-2]:7 | 10.0.0.1:7 10.0.0.2:7",
        "[fe80::1%eth0]:7,::1,n[1-2] | [fe80::1%eth0]:7 [::1]:4711 n1:4711 n2:4711",
        "aeron://n[1-2]:40 | aeron://n1:40 aeron://n2:40",
        "same,same | same:4711",
      })
  void standsFor(String list, String endpoints) {
    assertEquals(
        endpoints,
        HostList.parse(list).stream().map(Endpoint::toString).collect(Collectors.joining(" ")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node[1-3 | 5 | this '[' has no ']'",
        "node1] | 6 | this ']' has no '['",
        "node[] | 6 | expected a number",
        "node[a-b] | 6 | expected a number",
        "node[1-] | 8 | expected a number",
        "node[1,] | 8 | expected a number",
        "node[1-3x] | 9 | expected a number, '-', ',' or ']'",
        "node[1-3-5] | 9 | expected a number, '-', ',' or ']'",
        "node[[1-3]] | 6 | expected a number",
        "node[9-1] | 6 | the range 9-1 runs backwards",
        "a,,b | 3 | a name is missing",
        "a, | 3 | a name is missing",
        "'' | 1 | a name is missing",
        "a,n[1-2]:x | 3 | 'n1:x': the part after the last ':' must be a port number",
        "n1:99999 | 1 | port 99999 is not in 0..65535",
        "n[0123456789] | 3 | a number of more than 9 digits",
        "n[1-999999999] | 3 | the list stands for more than 65536 hosts",
        "n[1-1000]m[1-1000] | 1 | the list stands for more than 65536 hosts",
        "n[1-9][1-9][1-9][1-9][1-9][1-9] | 1 | the list stands for more than 65536 hosts",
        "n[1-60000],m[1-60000] | 14 | the list stands for more than 65536 hosts",
      })
  void isRefused(String list, int character, String why) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> HostList.parse(list)).getMessage();
    assertTrue(message.startsWith("host list: character " + character + ", at '"), message);
    assertTrue(message.contains(why), message);
  }

  @Test
  void digitsAreThoseOfDnsInEveryLocale() {
    Locale usual = Locale.getDefault();
    Locale.setDefault(new Locale("fa", "IR"));
    try {
      standsFor("node[01-02,7]", "node01:4711 node02:4711 node7:4711");
    } finally {
      Locale.setDefault(usual);
    }
  }

  @Test
  void reachesItsLimit() {
    List<Endpoint> all = HostList.parse("n[00001-65535],last");
    assertEquals(HostList.MAX_ENDPOINTS, all.size());
    assertEquals("n00001:4711", all.get(0).toString());
    assertEquals("last:4711", all.get(65_535).toString());
  }

  @Test
  void namesEachHostOnce() {
    assertEquals(
        List.of("h_1:4711", "h_2:4711", "h_3:4711", "h_4:4711"),
        HostList.parse("h_[1-3,2-4],h_1").stream().map(Endpoint::toString).toList());
  }

  @Test
  void aFaultInAVeryLongListIsShownWithWhatIsAroundIt() {
    String list = "node,".repeat(100_000);
    String message =
        assertThrows(IllegalArgumentException.class, () -> HostList.parse(list + "x]"))
            .getMessage();
    assertTrue(message.length() < 200, message);
  }
}
