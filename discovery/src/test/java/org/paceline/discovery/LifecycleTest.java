// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.transport.Endpoint;

/** Announcement and browser in one JVM, over loopback; and what is left of them. */
@Tag("slow")
@Timeout(60)
class LifecycleTest {
  private static final Endpoint LOOPBACK = new Endpoint("tcp", "127.0.0.1", 4711);
  private static final WorkerProfile PROFILE =
      new WorkerProfile("lifecycle." + ProcessHandle.current().pid(), "", "", 1, List.of(), "", 0);

  private static Set<LocalAddress> loopback() {
    return LocalAddress.only(InetAddress.getLoopbackAddress());
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getThreadGroup() != null)
        .filter(
            thread ->
                thread.getName().startsWith("paceline ")
                    || thread.getThreadGroup().getName().startsWith("mDNS "))
        .collect(Collectors.toSet());
  }

  @Test
  void nothingIsLeftOfThemAndAClosedOneTellsNobody() throws Exception {
    String name = PROFILE.name().replace('.', '-');
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    try (Browser browser = Browser.start(LifecycleTest::loopback)) {
      browser.addListener(
          new BrowserListener() {
            @Override
            public void added(FoundWorker worker) {
              tell("added ", worker);
            }

            @Override
            public void removed(FoundWorker worker) {
              tell("removed ", worker);
            }

            private void tell(String what, FoundWorker worker) {
              // others on this machine may announce themselves, too
              if (worker.profile().name().equals(name)) {
                events.add(what + name);
              }
            }
          });
      try (Announcement announcement = Announcement.start(PROFILE, LOOPBACK)) {
        announcement.update(new WorkerLoad(true, 1));
        assertEquals("added " + name, events.poll(30, TimeUnit.SECONDS));
      }
      assertEquals("removed " + name, events.poll(30, TimeUnit.SECONDS));
      assertTrue(threads().size() > 0);
    }
    for (Thread thread : threads()) {
      thread.join(30_000);
    }
    assertEquals(Set.of(), threads());
  }

  @Test
  void startingAndClosingAtOnceLeavesNothing() throws Exception {
    Browser browser = Browser.start(LifecycleTest::loopback);
    Announcement announcement = Announcement.start(PROFILE, LOOPBACK);
    announcement.close();
    browser.close();
    announcement.close();
    browser.close();
    assertEquals(List.of(), browser.workers());
    for (Thread thread : threads()) {
      thread.join(30_000);
    }
    assertEquals(Set.of(), threads());
  }

  @Test
  void whatCannotBeAnnouncedIsSaidAtOnce() {
    IllegalArgumentException noPort =
        assertThrows(
            IllegalArgumentException.class,
            () -> Announcement.start(PROFILE, new Endpoint("tcp", "127.0.0.1", 0)));
    assertEquals(
        "127.0.0.1:0 can't be announced: name the port the worker really listens on",
        noPort.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> Announcement.start(PROFILE, new Endpoint("tcp", "::1", 4711)));
    assertThrows(
        IllegalArgumentException.class,
        () -> Announcement.start(PROFILE, new Endpoint("tcp", "no.such.host.invalid", 4711)));
  }
}
