// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No agent dies in a process that lives on, and none is waited for for ever. */
@Timeout(60)
class AgentThreadTest {
  private final AtomicInteger cycles = new AtomicInteger();
  private final List<String> events = new CopyOnWriteArrayList<>();

  @FunctionalInterface
  private interface Cycle {
    int run(int number) throws Exception;
  }

  private AgentThread start(Cycle cycle) {
    Agent agent =
        new Agent() {
          @Override
          public int doWork() throws Exception {
            return cycle.run(cycles.incrementAndGet());
          }

          @Override
          public void onClose() {
            events.add("closed");
          }

          @Override
          public String roleName() {
            return "the agent";
          }
        };
    return AgentThread.start(
        agent, new YieldingIdleStrategy(), failure -> events.add("failed: " + failure));
  }

  @Test
  void anErrorIsToldAndTheAgentClosed() throws Exception {
    AgentThread thread =
        start(
            number -> {
              if (number == 3) {
                throw new InternalError("a fault in memory");
              }
              return 1;
            });
    thread.awaitEnd();
    String sentence = "the agent failed: java.lang.InternalError: a fault in memory";
    assertEquals(Optional.of(sentence), thread.failure());
    assertEquals(List.of("failed: " + sentence, "closed"), events);
    assertEquals(3, cycles.get());
    assertTrue(thread.close());
  }

  @Test
  void whatFailsInEachCycleIsPacedAndEndsTheAgent() throws Exception {
    long start = System.nanoTime();
    AgentThread thread =
        start(
            number -> {
              throw new IllegalStateException("always");
            });
    thread.awaitEnd();
    long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(ms >= 2_000, "after " + ms + " ms");
    assertTrue(cycles.get() <= ms / 10 + 2, cycles + " cycles in " + ms + " ms");
    assertTrue(thread.failure().orElseThrow().contains("again and again"), events.toString());
    assertEquals("closed", events.get(events.size() - 1));
  }

  @Test
  void whatFailsNowAndThenEndsNothing() throws Exception {
    CountDownLatch enough = new CountDownLatch(250);
    AgentThread thread =
        start(
            number -> {
              enough.countDown();
              if (number % 2 == 0) {
                throw new IllegalStateException("now and then");
              }
              return 1;
            });
    enough.await();
    assertTrue(thread.close());
    assertEquals(Optional.empty(), thread.failure());
    assertEquals(List.of("closed"), events);
  }

  @Test
  void oneThatIsClosedTwiceOrByItselfEnds() throws Exception {
    AtomicReference<AgentThread> itself = new AtomicReference<>();
    AtomicReference<Boolean> waited = new AtomicReference<>();
    AgentThread thread =
        start(
            number -> {
              if (itself.get() != null) {
                waited.compareAndSet(null, itself.get().close());
              }
              return 0;
            });
    itself.set(thread);
    thread.awaitEnd();
    assertFalse(waited.get(), "it can't have ended by then");
    assertTrue(thread.close());
    assertTrue(thread.close());
  }

  @Test
  void oneThatHangsIsInterruptedAndThenGivenUp() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    AgentThread interruptible =
        start(
            number -> {
              hanging.countDown();
              never.await();
              return 0;
            });
    hanging.await();
    assertTrue(interruptible.close());
    CountDownLatch stuck = new CountDownLatch(1);
    AgentThread uninterruptible =
        start(
            number -> {
              stuck.countDown();
              Waiting.uninterruptibly(never, Long.MAX_VALUE / 2_000_000);
              return 0;
            });
    stuck.await();
    assertFalse(uninterruptible.close());
    never.countDown();
    uninterruptible.awaitEnd();
  }

  @Test
  void itIsKnownWhereNobodyMayWait() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AgentThread thread =
        start(
            number -> {
              thrown.compareAndSet(
                  null,
                  assertThrows(
                      IllegalStateException.class, () -> AgentThread.requireOther("commit()")));
              return 0;
            });
    while (thrown.get() == null) {
      Thread.onSpinWait();
    }
    assertTrue(thread.close());
    assertTrue(thrown.get().getMessage().startsWith("commit() can't be called from a listener"));
    assertFalse(AgentThread.isCurrent());
  }
}
