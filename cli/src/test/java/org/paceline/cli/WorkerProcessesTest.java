// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.transport.Endpoint;

@Tag("slow")
@Timeout(120)
class WorkerProcessesTest {
  private final List<String> messages = Collections.synchronizedList(new ArrayList<>());

  @Test
  void eachListensOnAPortOfItsOwnAndEndsWithTheOthers() throws InterruptedException {
    WorkerProcess first;
    try (WorkerProcesses workers = start(2, WorkerLaunch.of("reference", 1))) {
      List<Endpoint> endpoints = workers.awaitEndpoints();
      assertEquals("127.0.0.1", endpoints.get(0).host());
      assertNotEquals(endpoints.get(0).port(), endpoints.get(1).port());
      assertTrue(workers.cpuTime().toMillis() > 0);
      first = workers.get(0);
    }
    assertFalse(first.isAlive());
    assertTrue(first.ending().contains("exit code 0"), first.ending());
    assertEquals(List.of(), messages);
  }

  @Test
  void aTakenPortIsSaidWithThePort() throws InterruptedException {
    try (WorkerProcesses first = start(1, WorkerLaunch.of("reference", 1))) {
      Endpoint taken = first.awaitEndpoints().get(0);
      WorkerLaunch launch = WorkerLaunch.of("reference", 1).withListen(taken);
      try (WorkerProcesses second = start(1, launch)) {
        CliException failure = assertThrows(CliException.class, second::awaitEndpoints);
        assertTrue(failure.getMessage().contains(taken.toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains("exit code 1"), failure.getMessage());
      }
    }
  }

  @Test
  void aKeyIsNotPrinted() {
    String text = WorkerLaunch.of("reference", 1).withKey("sesame").toString();
    assertFalse(text.contains("sesame"), text);
    assertTrue(text.contains("--device=reference"), text);
  }

  @Test
  void aFrozenOneIsEndedToo() throws InterruptedException {
    WorkerProcess worker;
    try (WorkerProcesses workers = start(1, WorkerLaunch.of("reference", 1))) {
      workers.awaitEndpoints();
      worker = workers.get(0);
      worker.pause();
    }
    assertFalse(worker.isAlive());
  }

  @Test
  void oneThatWasKilledIsKnownToBe() throws InterruptedException {
    try (WorkerProcesses workers = start(1, WorkerLaunch.of("reference", 1))) {
      workers.awaitEndpoints();
      workers.get(0).pause();
      workers.get(0).resume();
      workers.get(0).kill();
      assertTrue(workers.get(0).ending().contains("signal 9"), workers.get(0).ending());
    }
  }

  private WorkerProcesses start(int count, WorkerLaunch launch) {
    return WorkerProcesses.start(count, launch, messages::add);
  }
}
