// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.paceline.api.transport.TransportException;
import org.slf4j.LoggerFactory;

/** A listener that can't accept is asked again with pauses, and told of once. */
class DoorTest {
  @Test
  void aListenerThatFailsIsPacedAndToldOfOnce() {
    int[] asked = {0};
    int[] roomMade = {0};
    try (LogCapture log = new LogCapture()) {
      Door door =
          new Door(
              () -> {
                asked[0]++;
                throw new TransportException("Too many open files");
              },
              LoggerFactory.getLogger(DoorTest.class));
      for (long nowNs = 0; nowNs < 2_000_000_000L; nowNs += 100_000) {
        door.begin(nowNs);
        assertNull(door.next(nowNs, () -> roomMade[0]++));
      }
      assertTrue(asked[0] >= 50 && asked[0] <= 200, asked[0] + " times in 2 s");
      assertEquals(asked[0], roomMade[0]);
      assertEquals(1, log.lines().size(), log::text);
      assertTrue(log.text().contains("Too many open files"), log::text);
    }
  }
}
