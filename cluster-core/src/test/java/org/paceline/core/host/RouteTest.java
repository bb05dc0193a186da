// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.TransportException;

/** Which transport a host and a worker go on with, and what happens where it can't be had. */
class RouteTest {
  private static final String HERE = "this machine";
  private static final String THERE = "another machine";

  @ParameterizedTest
  @CsvSource({
    "this machine, 'tcp ipc aeron rdma', '', ipc",
    "another machine, 'tcp ipc aeron rdma', '', rdma",
    "another machine, 'tcp ipc aeron', 224.20.30.41:4712, aeron",
    "another machine, 'tcp ipc aeron', '', tcp",
    "this machine, 'tcp', 224.20.30.41:4712, tcp",
  })
  void autoPicksTheFastestThatBothHave(
      String machine, String schemes, String multicast, String picked) {
    Route route = route("auto", multicast);
    route.staysWith(machine, Set.of(schemes.split(" ")));
    assertEquals(picked, route.choice().scheme());
  }

  @Test
  void chosenTransportIsDialledNextAndKeptThere() {
    Route route = route("auto", "");
    assertFalse(route.staysWith(HERE, Set.of("tcp", "ipc")));
    route.switchTo(4720);
    assertTrue(route.channelClosed(true, "going on"));
    assertEquals(Endpoint.parse("ipc://localhost:4720"), route.endpoint());
    assertTrue(route.staysWith(HERE, Set.of("tcp", "ipc")));
    assertFalse(route.channelClosed(true, "lost"));
    assertEquals(Endpoint.parse("worker:4711"), route.endpoint());
    assertFalse(route.staysWith(HERE, Set.of("tcp", "ipc")));
  }

  @Test
  void pickedTransportThatDoesNotAnswerIsGivenUpForTcp() {
    Route route = route("auto", "");
    route.staysWith(HERE, Set.of("tcp", "ipc"));
    route.switchTo(4720);
    route.channelClosed(true, "going on");
    assertTrue(route.channelClosed(false, "nobody answers"));
    assertEquals(Endpoint.parse("worker:4711"), route.endpoint());
    assertTrue(route.staysWith(HERE, Set.of("tcp", "ipc")));
    assertTrue(route.choice().why().contains("nobody answers"), route.choice().why());
  }

  @Test
  void configuredTransportThatCannotBeHadIsAnError() {
    Route route = route("ipc", "");
    assertThrows(TransportException.class, () -> route.staysWith(THERE, Set.of("tcp", "ipc")));
    assertThrows(TransportException.class, () -> route.staysWith(HERE, Set.of("tcp")));
    route.staysWith(HERE, Set.of("tcp", "ipc"));
    assertThrows(TransportException.class, () -> route.fallBack("no room"));
    assertThrows(TransportException.class, () -> route("smoke", "").staysWith(HERE, Set.of("tcp")));
  }

  @Test
  void whatTheHostCannotUseIsSaidWithItsReason() {
    Route.Local local =
        new Route.Local(HERE, Set.of("tcp", "ipc"), Map.of("rdma", "there is no device; buy one"));
    Set<String> there = Set.of("tcp", "ipc", "rdma");
    TransportException refusal =
        assertThrows(
            TransportException.class, () -> TransportChoice.of("rdma", local, there, false, ""));
    assertEquals("this host can't use rdma: there is no device; buy one", refusal.getMessage());
    TransportChoice choice = TransportChoice.of("auto", local, there, false, "");
    assertEquals("tcp", choice.scheme());
    assertTrue(choice.why().endsWith("no rdma here: there is no device; buy one"), choice.why());
  }

  private static Route route(String transport, String multicast) {
    ClusterConfig config =
        ClusterConfig.builder().transport(transport).multicast(multicast).build();
    return new Route(
        Endpoint.parse("worker:4711"),
        config,
        new Route.Local(HERE, Set.of("tcp", "ipc", "aeron", "rdma"), Map.of()));
  }
}
