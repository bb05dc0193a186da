// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.TransportException;
import org.paceline.core.LogCapture;

/** A host that can't be dialled at all is tried with pauses, and told of once. */
class HostDiallerTest {
  private long nowNs;
  private int dialled;

  @Test
  void aConnectorThatThrowsIsPacedAndToldOfOnce() {
    try (LogCapture log = new LogCapture()) {
      HostDialler dialler =
          new HostDialler(
              Endpoint.parse("host:0"),
              endpoint -> {
                dialled++;
                throw new TransportException("name the port, " + dialled + " times asked");
              },
              250_000_000,
              () -> nowNs);
      for (nowNs = 0; nowNs < 20_000_000_000L; nowNs += 1_000_000) {
        assertNull(dialler.accept());
      }
      assertEquals(4, dialled, "in 20 s");
      assertEquals(1, log.lines().size(), log::text);
      nowNs = 70_000_000_000L;
      dialler.accept();
      assertEquals(2, log.lines().size(), log::text);
      assertTrue(log.text().contains("(3 times more since"), log::text);
    }
  }
}
