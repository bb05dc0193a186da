// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The devices' thread ends when it is told to, whatever the device does. */
@Timeout(60)
class DeviceThreadTest {
  private final DeviceThread lane = new DeviceThread(SystemNanoClock.INSTANCE, () -> {});

  private static final class Task extends DeviceTask {
    final CountDownLatch began = new CountDownLatch(1);
    private final CountDownLatch until;

    Task(CountDownLatch until) {
      super(null);
      this.until = until;
    }

    @Override
    void execute() {
      began.countDown();
      boolean waiting = true;
      while (waiting) {
        try {
          until.await();
          waiting = false;
        } catch (InterruptedException e) {
          // a kernel doesn't hear it either
        }
      }
    }

    @Override
    void completed() {
      // nobody asks
    }
  }

  @Test
  void closeReturnsWhileAKernelHangs() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Task hangs = new Task(never);
    Task queued = new Task(never);
    lane.submit(hangs);
    lane.submit(queued);
    hangs.began.await();
    long start = System.nanoTime();
    assertFalse(lane.close());
    assertTrue(System.nanoTime() - start < 10_000_000_000L);
    // what hangs has not ended: its memory must stay
    assertSame(queued, lane.poll());
    assertSame(null, lane.poll());
    never.countDown();
  }

  @Test
  void closeWaitsForWhatEnds() throws Exception {
    CountDownLatch soon = new CountDownLatch(1);
    Task ends = new Task(soon);
    lane.submit(ends);
    ends.began.await();
    soon.countDown();
    assertTrue(lane.close());
    assertSame(ends, lane.poll());
  }
}
