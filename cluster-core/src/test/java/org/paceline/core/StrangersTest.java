// SPDX-License-Identifier: Apache-2.0
package org.paceline.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Who has to go when too many strangers have come. */
class StrangersTest {
  @Test
  void theOldestOfTheAddressWithMostGoesFirst() {
    Strangers<String> strangers = new Strangers<>(3);
    assertNull(strangers.add("10.0.0.9:1", "host"));
    assertNull(strangers.add("10.0.0.1:1", "a"));
    assertNull(strangers.add("10.0.0.1:2", "b"));
    assertEquals("a", strangers.add("10.0.0.1:3", "c"));
    assertEquals("b", strangers.add("10.0.0.1:4", "d"));
    assertEquals(3, strangers.count());
    assertTrue(strangers.remove("host"));
    assertFalse(strangers.remove("host"));
  }

  @Test
  void ofOneAddressTheOldestGoes() {
    Strangers<String> strangers = new Strangers<>(2);
    strangers.add("[fe80::1]:1", "a");
    strangers.add("[fe80::1]:2", "b");
    assertEquals("a", strangers.add("[fe80::1]:3", "c"));
    assertEquals("b", strangers.evict());
    assertEquals("c", strangers.evict());
    assertNull(strangers.evict());
  }
}
