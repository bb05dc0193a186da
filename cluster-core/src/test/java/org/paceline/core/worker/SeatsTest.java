// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.device.RenderDevice;
import org.paceline.core.scene.Manifest;
import org.paceline.core.scene.SceneCache;

/** Devices are opened where a slow one holds up nobody's heartbeat. */
@Timeout(60)
class SeatsTest {
  private static final MemoryBudget.Tenant TENANT =
      new MemoryBudget.Tenant() {
        @Override
        public long idleForNs() {
          return 0;
        }

        @Override
        public void evict() {
          // it is in use
        }
      };

  @Test
  void devicesAfterTheFirstAreOpenedOnTheDevicesThread() {
    List<Thread> openers = new ArrayList<>();
    DeviceThread thread = new DeviceThread(SystemNanoClock.INSTANCE, () -> {});
    try (SceneCache cache = new SceneCache(1 << 20)) {
      Seats seats =
          new Seats(
              thread,
              1 << 20,
              cache,
              () -> {
                openers.add(Thread.currentThread());
                return new ModelDevice(1);
              });
      Seats.Seat first = seats.take(TENANT, 1).orElseThrow();
      Seats.Seat second = seats.take(TENANT, 1).orElseThrow();
      assertEquals(List.of(Thread.currentThread()), openers);
      assertNotNull(first.scene().device());
      assertNull(second.scene().device());
      List<RenderDevice> opened = new ArrayList<>();
      second
          .share()
          .submit(
              new DeviceTask(second.scene()) {
                @Override
                void execute() {
                  second.scene().prepare(new Manifest(1, 4096, List.of()));
                }

                @Override
                void completed() {
                  opened.add(device());
                }
              });
      while (opened.isEmpty()) {
        seats.poll();
        Thread.onSpinWait();
      }
      assertNotNull(opened.get(0));
      assertEquals("paceline-device", openers.get(1).getName());
      seats.giveBack(first);
      seats.giveBack(second);
      thread.close();
      seats.close();
    }
  }
}
