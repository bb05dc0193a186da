// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RemoteRegionsTest {
  private final RemoteRegions regions = new RemoteRegions();

  @Test
  void keysBelongToPieces() {
    long length = 2 * Frame.PIECE_BYTES + 1;
    assertNull(regions.announce(5, 1000, length));
    RemoteRegions.Region region = regions.find(5);
    assertFalse(region.hasKey(0));
    for (int piece = 0; piece < 3; piece++) {
      assertNull(regions.key(5, piece, 100 + piece));
    }
    assertEquals(100, region.key(Frame.PIECE_BYTES - 1));
    assertEquals(101, region.key(Frame.PIECE_BYTES));
    assertEquals(102, region.key(length - 1));
    assertEquals(1000 + length - 1, region.addressOf(length - 1));
    assertNotNull(regions.key(5, 3, 1), "a key beyond the region's end");
  }

  @Test
  void boundsAreThoseThatWereAnnounced() {
    assertNull(regions.announce(5, 1000, 10));
    RemoteRegions.Region region = regions.find(5);
    assertTrue(region.contains(0, 10));
    assertTrue(region.contains(10, 0));
    assertFalse(region.contains(0, 11));
    assertFalse(region.contains(11, 0));
    assertFalse(region.contains(-1, 1));
    assertFalse(region.contains(Long.MAX_VALUE, 10));
    assertFalse(region.contains(Long.MAX_VALUE - 5, 10));
  }

  @Test
  void whatCantBeIsNoticed() {
    assertNotNull(regions.announce(1, 0, -1));
    assertNotNull(regions.announce(1, -10, 20), "an address that overflows");
    assertNotNull(regions.key(1, 0, 7), "a key of no region");
    assertNotNull(regions.revoke(1), "a revocation of no region");
    assertNull(regions.announce(1, 64, Long.MAX_VALUE));
    assertNotNull(regions.announce(1, 64, 10), "an id that is taken");
    assertNotNull(regions.key(1, 1, 7), "a second key without a first");
    assertNotNull(regions.key(1, -1, 7));
    assertNull(regions.revoke(1));
    assertNull(regions.find(1));
    assertEquals(1, regions.revoked());
  }

  @Test
  void regionsAreBounded() {
    for (int i = 0; i < RemoteRegions.MAX_REGIONS; i++) {
      assertNull(regions.announce(i, 64, 1));
    }
    assertNotNull(regions.announce(-1, 64, 1));
  }
}
