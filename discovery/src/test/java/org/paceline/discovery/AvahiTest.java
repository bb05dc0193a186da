// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.paceline.testnet.VirtualNetwork;

/** Avahi, the other implementation of mDNS, understands us, and we it. */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class AvahiTest {
  private static final String TYPE = "_paceline._tcp";

  @TempDir private Path directory;

  @BeforeAll
  static void requireAvahi() {
    String reason = Avahi.unavailableBecause();
    assumeTrue(reason == null, reason);
    String noNetwork = VirtualNetwork.unavailableBecause();
    assumeTrue(noNetwork == null, noNetwork);
  }

  @Test
  void avahiSeesAWorkerItsLoadAndItsGoodbye() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2);
        Avahi avahi = Avahi.start(network.node(1), directory)) {
      Program browse = avahi.run("avahi-browse", "-rp", TYPE);
      Program worker = Program.worker(network.node(0), "render seven", "0.0.0.0");
      String port = worker.lines().get(0).substring("listening at ".length());
      String found = browse.await(line -> line.startsWith("=;eth0;IPv4;"));
      List<String> fields = List.of(found.split(";"));
      assertEquals("render\\032seven", fields.get(3));
      assertEquals(network.node(0).address(), fields.get(7));
      assertEquals(port, fields.get(8));
      String text = fields.get(9);
      for (String expected :
          List.of(
              "txtvers=1",
              "version=0.1",
              "device=a test",
              "cores=3",
              "transports=tcp aeron",
              "key=" + KeyFingerprint.of(DiscoveryProgram.KEY),
              "busy=0")) {
        assertTrue(text.contains("\"" + expected + "\""), text);
      }

      worker.say("5000000");
      // A running avahi-browse tells no new text; the daemon knows it.
      browse.close();
      String updated = awaitText(avahi, "busy=1");
      assertTrue(updated.contains("\"rate=5000000\""), updated);

      Program again = avahi.run("avahi-browse", "-p", TYPE);
      again.await(line -> line.startsWith("+;eth0;"));
      worker.end();
      again.await(line -> line.startsWith("-;eth0;"));
    }
  }

  /** Asks until the text has what is expected, or the test runs out of time. */
  private static String awaitText(Avahi avahi, String expected) throws Exception {
    while (true) {
      Program browse = avahi.run("avahi-browse", "-rpt", TYPE);
      browse.end();
      for (String line : browse.lines()) {
        if (line.contains("\"" + expected + "\"")) {
          return line;
        }
      }
    }
  }

  @Test
  void aWorkerThatAvahiPublishesIsFoundUntilItIsTakenBack() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2);
        Avahi avahi = Avahi.start(network.node(1), directory)) {
      Program host = Program.host(network.node(0));
      Program publish =
          avahi.run(
              "avahi-publish", "-s", "by hand", TYPE, "4712", "txtvers=1", "cores=8", "device=");
      String added = host.awaitWorker("added", "by hand");
      assertTrue(added.contains("cores=8, transports=[tcp]"), added);
      assertTrue(added.contains(" at " + network.node(1).address() + ":4712"), added);
      publish.terminate();
      host.awaitWorker("removed", "by hand");
    }
  }

  @Test
  void whatIsNoWorkerIsIgnored() throws Exception {
    try (VirtualNetwork network = VirtualNetwork.create(2);
        Avahi avahi = Avahi.start(network.node(1), directory)) {
      Program host = Program.host(network.node(0));
      avahi.run("avahi-publish", "-s", "no text", TYPE, "4712");
      avahi.run("avahi-publish", "-s", "nonsense", TYPE, "4712", "txtvers=1", "cores=many");
      avahi.run("avahi-publish", "-s", "red \u001b[31m", TYPE, "4712", "txtvers=1");
      avahi.run("avahi-publish", "-s", "a printer", "_ipp._tcp", "4712", "txtvers=1");
      avahi.run("avahi-publish", "-s", "dotted.name", TYPE, "4712", "txtvers=1");
      host.awaitWorker("added", "dotted.name");
      host.say("list");
      host.await("workers: 1"::equals);
    }
  }
}
