// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.paceline.discovery.WorkerTable.Heard;
import org.paceline.discovery.WorkerTable.Source;

/** What is heard in several places becomes one worker, and listeners are told once. */
class WorkerTableTest {
  private static final String ID = "00000000000000aa";
  private static final Reach NEAR = new Reach(0, "10.0.0.7");
  private static final Reach FAR = new Reach(3, "192.168.1.7");

  private final WorkerTable table = new WorkerTable(3);
  private final List<String> events = new ArrayList<>();

  WorkerTableTest() {
    table.addListener(
        new BrowserListener() {
          @Override
          public void added(FoundWorker worker) {
            events.add("added " + text(worker));
          }

          @Override
          public void changed(FoundWorker worker) {
            events.add("changed " + text(worker));
          }

          @Override
          public void removed(FoundWorker worker) {
            events.add("removed " + text(worker));
          }
        });
  }

  private static String text(FoundWorker worker) {
    return worker.profile().name() + " " + worker.endpoint().host() + " " + worker.load().busy();
  }

  private static Heard heard(String id, String name, List<Reach> reaches) {
    WorkerProfile profile = new WorkerProfile(name, "", "", 1, List.of("tcp"), "", 0);
    return new Heard(new Announced(id, profile, WorkerLoad.IDLE), reaches, 4711, () -> 1000);
  }

  private static Heard heard(String id, String name, Reach reach, WorkerLoad load) {
    WorkerProfile profile = new WorkerProfile(name, "", "", 1, List.of("tcp"), "", 0);
    return new Heard(new Announced(id, profile, load), List.of(reach), 4711, () -> 1000);
  }

  private static Heard heard(String id, String name, Reach reach) {
    return heard(id, name, reach, WorkerLoad.IDLE);
  }

  private void assertEvents(String... expected) {
    assertEquals(List.of(expected), events);
    events.clear();
  }

  @Test
  void aWorkerHeardOnTwoNetworksIsOneAtItsNearestAddress() {
    Source wifi = new Source("wifi", "w (2)");
    Source cable = new Source("cable", "w");
    table.heard(wifi, heard(ID, "w (2)", FAR));
    assertEvents("added w (2) 192.168.1.7 false");
    table.heard(cable, heard(ID, "w", NEAR));
    assertEvents("changed w 10.0.0.7 false");
    assertEquals(1, table.snapshot().size());
    table.lost(cable);
    assertEvents("changed w (2) 192.168.1.7 false");
    table.lost(wifi);
    assertEvents("removed w (2) 192.168.1.7 false");
    assertEquals(List.of(), table.snapshot());
  }

  @Test
  void allAddressesAreKeptTheNearestFirst() {
    Reach linkLocal = new Reach(2, "fe80::7%cable");
    table.heard(new Source("wifi", "w"), heard(ID, "w", FAR));
    table.heard(new Source("cable", "w"), heard(ID, "w", List.of(NEAR, linkLocal)));
    assertEquals(List.of("10.0.0.7", "fe80::7%cable", "192.168.1.7"), hosts());
  }

  @Test
  void aLinkLocalAddressIsNotTakenForAnotherInterfacesOne() {
    List<Reach> there = List.of(NEAR, new Reach(2, "fe80::7%cable"));
    List<Reach> elsewhere = List.of(new Reach(2, "fe80::7%docker0"), new Reach(3, "10.0.0.7"));
    table.heard(new Source("docker0", "w"), heard(ID, "w", elsewhere));
    table.heard(new Source("cable", "w"), heard(ID, "w", there));
    assertEquals(List.of("10.0.0.7", "fe80::7%cable"), hosts());
  }

  private List<String> hosts() {
    return table.snapshot().get(0).addresses().stream().map(each -> each.host()).toList();
  }

  @Test
  void onlyWhatIsNewsIsTold() {
    Source source = new Source("net", "w");
    table.heard(source, heard(ID, "w", NEAR));
    table.heard(source, heard(ID, "w", NEAR));
    table.heard(new Source("other net", "w"), heard(ID, "w", FAR));
    assertEvents("added w 10.0.0.7 false", "changed w 10.0.0.7 false");
    table.heard(source, heard(ID, "w", NEAR, new WorkerLoad(true, 5)));
    assertEvents("changed w 10.0.0.7 true");
    table.lost(new Source("net", "never heard of"));
    assertEvents();
  }

  @Test
  void aWorkerThatStartsAnewUnderItsNameIsAnother() {
    Source source = new Source("net", "w");
    table.heard(source, heard(ID, "w", NEAR));
    table.heard(source, heard("00000000000000bb", "w", NEAR));
    assertEvents("added w 10.0.0.7 false", "removed w 10.0.0.7 false", "added w 10.0.0.7 false");
  }

  @Test
  void withoutAnIdNameAndPortTellWorkersApart() {
    table.heard(new Source("net", "a"), heard("", "a", NEAR));
    table.heard(new Source("other", "a"), heard("", "a", FAR));
    table.heard(new Source("net", "b"), heard("", "b", NEAR));
    assertEquals(
        List.of("a", "b"), table.snapshot().stream().map(w -> w.profile().name()).toList());
  }

  @Test
  void aNetworkThatIsGoneTakesItsWorkersAlong() {
    table.heard(new Source("net", "a"), heard(ID, "a", NEAR));
    table.heard(new Source("net", "b"), heard("00000000000000bb", "b", NEAR));
    table.heard(new Source("other", "b"), heard("00000000000000bb", "b", FAR));
    table.lostPlace("net");
    assertEquals(
        List.of("192.168.1.7"), table.snapshot().stream().map(w -> w.endpoint().host()).toList());
  }

  @Test
  void whatIsBeyondTheLimitIsIgnoredUntilThereIsRoom() {
    for (int i = 0; i < 10; i++) {
      table.heard(new Source("net", "w" + i), heard("", "w" + i, NEAR));
    }
    assertEquals(3, table.snapshot().size());
    // Those that are known may go on changing.
    table.heard(new Source("net", "w0"), heard("", "w0", NEAR, new WorkerLoad(true, 1)));
    assertTrue(table.snapshot().get(0).load().busy());
    table.lost(new Source("net", "w1"));
    table.heard(new Source("net", "w9"), heard("", "w9", NEAR));
    assertEquals(
        List.of("w0", "w2", "w9"), table.snapshot().stream().map(w -> w.profile().name()).toList());
  }

  @Test
  void aLateListenerHearsOfThoseThatAreThere() {
    table.heard(new Source("net", "w"), heard(ID, "w", NEAR));
    List<Instant> seen = new ArrayList<>();
    table.addListener(
        new BrowserListener() {
          @Override
          public void added(FoundWorker worker) {
            seen.add(worker.lastSeen());
          }
        });
    assertEquals(List.of(Instant.ofEpochSecond(1)), seen);
  }
}
