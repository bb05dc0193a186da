// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.ClusterConfig;
import org.paceline.api.WorkerFinder;
import org.paceline.api.transport.Endpoint;

/** Which of the announced workers a host dials. */
class AnnouncedWorkersTest {
  private static final String KEY = "a secret of this test";

  private final List<String> events = new ArrayList<>();

  private final class Events implements WorkerFinder.Listener {
    @Override
    public void found(List<Endpoint> addresses) {
      addresses.forEach(address -> events.add("+" + address));
    }

    @Override
    public void gone(Endpoint worker) {
      events.add("-" + worker);
    }
  }

  private static FoundWorker worker(String id, String key, String... hosts) {
    WorkerProfile profile =
        new WorkerProfile("render7", "", "", 1, List.of("tcp"), KeyFingerprint.of(key), 0);
    return new FoundWorker(
        id,
        profile,
        WorkerLoad.IDLE,
        Arrays.stream(hosts).map(host -> new Endpoint("tcp", host, 4711)).toList(),
        Instant.EPOCH);
  }

  private AnnouncedWorkers.Selection selection(String key) {
    return new AnnouncedWorkers.Selection(key, new Events());
  }

  private void assertEvents(String... expected) {
    assertEquals(List.of(expected), events);
    events.clear();
  }

  @Test
  void workersWithTheKeyAreDialledWhereTheyAre() {
    AnnouncedWorkers.Selection selection = selection(KEY);
    selection.added(worker("1", KEY, "10.0.0.7"));
    selection.changed(worker("1", KEY, "10.0.0.7"));
    assertEvents("+10.0.0.7:4711");
    selection.changed(worker("1", KEY, "192.168.0.7"));
    assertEvents("+192.168.0.7:4711", "-10.0.0.7:4711");
    selection.removed(worker("1", KEY, "192.168.0.7"));
    assertEvents("-192.168.0.7:4711");
  }

  @Test
  void allAddressesOfAWorkerAreTold() {
    AnnouncedWorkers.Selection selection = selection(KEY);
    selection.added(worker("1", KEY, "10.0.0.7", "fe80::7%net0"));
    assertEvents("+10.0.0.7:4711", "+[fe80::7%net0]:4711");
    selection.changed(worker("1", KEY, "10.0.0.7"));
    assertEvents("+10.0.0.7:4711", "-[fe80::7%net0]:4711");
  }

  @Test
  void anotherKeyIsNotDialled() {
    AnnouncedWorkers.Selection selection = selection(KEY);
    selection.added(worker("1", "another", "10.0.0.7"));
    selection.added(worker("2", "", "10.0.0.8"));
    selection.removed(worker("1", "another", "10.0.0.7"));
    assertEvents();
  }

  @Test
  void aWorkerThatWasStartedAgainOutlivesItsFirstAnnouncement() {
    AnnouncedWorkers.Selection selection = selection(KEY);
    selection.added(worker("1", KEY, "10.0.0.7"));
    selection.added(worker("2", KEY, "10.0.0.7"));
    selection.removed(worker("1", KEY, "10.0.0.7"));
    assertEquals(List.of("+10.0.0.7:4711", "+10.0.0.7:4711"), events);
  }

  @Test
  void withoutAKeyOnlyThisMachineIsTrusted() {
    AnnouncedWorkers.Selection selection = selection("");
    selection.added(worker("1", "", "10.0.0.7"));
    selection.added(worker("2", "", "10.0.0.8", "127.0.0.1"));
    assertEvents("+127.0.0.1:4711");
  }

  @Test
  void aClusterFindsThisOnItsClassPath() {
    assertTrue(
        ServiceLoader.load(WorkerFinder.class).stream()
            .anyMatch(finder -> finder.type().equals(AnnouncedWorkers.class)));
  }

  @Test
  @Timeout(60)
  void keylessWorkersOfThisMachineAreFoundOnLoopback() throws Exception {
    BlockingQueue<Endpoint> found = new LinkedBlockingQueue<>();
    WorkerFinder.Listener listener =
        new WorkerFinder.Listener() {
          @Override
          public void found(List<Endpoint> addresses) {
            found.addAll(addresses);
          }

          @Override
          public void gone(Endpoint worker) {}
        };
    // nothing listens there: it is found, not dialled
    Endpoint at = new Endpoint("tcp", "127.0.0.1", 9);
    String name = "keyless-" + ProcessHandle.current().pid();
    WorkerProfile profile = new WorkerProfile(name, "", "", 1, List.of("tcp"), "", 0);
    Announcement announcement = Announcement.start(profile, at);
    WorkerFinder.Search search =
        new AnnouncedWorkers().start(ClusterConfig.builder().build(), listener);
    try {
      Endpoint each;
      do {
        each = found.poll(50, TimeUnit.SECONDS);
      } while (each != null && !each.equals(at));
      assertEquals(at, each);
    } finally {
      search.close();
      announcement.close();
    }
  }
}
