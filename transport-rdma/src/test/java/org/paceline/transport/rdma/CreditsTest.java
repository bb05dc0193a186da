// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CreditsTest {
  /** One end, whose unread SENDs lie in at most so many posted receives. */
  private static final class End {
    private final Credits credits = new Credits();
    private final Queue<Long> unread = new ArrayDeque<>();
    private long read;
    private long frames;

    private void send(End to, boolean hasFrames) {
      to.unread.add(credits.posted());
      frames += hasFrames ? 1 : 0;
      credits.onSend();
      assertTrue(
          to.unread.size() + to.read <= to.credits.posted(), "a SEND meets a posted receive");
    }

    private void read() {
      assertNull(credits.onGranted(unread.remove()));
      if (++read % Credits.GROUP == 0) {
        credits.onPosted();
      }
    }
  }

  @Test
  void noSendIsWithoutAReceiveAndNobodyIsStuck() {
    Random random = new Random(1);
    End[] ends = {new End(), new End()};
    for (int round = 0; round < 100_000; round++) {
      // long stretches in which one end does not read
      boolean bothRead = round / 500 % 3 != 0;
      int reader = random.nextInt(2);
      End end = ends[reader];
      if (!end.unread.isEmpty() && (bothRead || reader == 1)) {
        end.read();
      }
      int sender = random.nextInt(2);
      if (ends[sender].credits.maySend()) {
        ends[sender].send(ends[1 - sender], true);
      }
      if (ends[sender].credits.shouldTell()) {
        ends[sender].send(ends[1 - sender], false);
      }
    }
    long[] before = {ends[0].frames, ends[1].frames};
    for (int round = 0; round < 1000; round++) {
      for (int i = 0; i < 2; i++) {
        while (!ends[i].unread.isEmpty()) {
          ends[i].read();
        }
        if (ends[i].credits.shouldTell()) {
          ends[i].send(ends[1 - i], false);
        }
        if (ends[i].credits.maySend()) {
          ends[i].send(ends[1 - i], true);
        }
      }
    }
    assertTrue(ends[0].frames - before[0] > 990, "frames go on when both read");
    assertTrue(ends[1].frames - before[1] > 990, "frames go on when both read");
  }

  @Test
  void silentPeerIsSentOnlyWhatItHasReceivesFor() {
    Credits credits = new Credits();
    int frames = 0;
    for (; credits.maySend(); frames++) {
      credits.onSend();
    }
    assertEquals(Credits.RECEIVES - Credits.RESERVE, frames);
    int reports = 0;
    for (credits.onPosted(); credits.shouldTell(); credits.onPosted()) {
      credits.onSend();
      reports++;
    }
    assertEquals(Credits.RESERVE, reports);
  }

  @Test
  void grantsThatCantBeAreNoticed() {
    Credits credits = new Credits();
    assertNotNull(credits.onGranted(Credits.RECEIVES - 1));
    assertNotNull(credits.onGranted(Credits.RECEIVES + 1));
    assertNotNull(credits.onGranted(Long.MIN_VALUE));
    assertNotNull(credits.onGranted(Long.MAX_VALUE));
    assertNull(credits.onGranted(Credits.RECEIVES));
    credits.onSend();
    assertNull(credits.onGranted(Credits.RECEIVES + 1));
    assertNotNull(credits.onGranted(Credits.RECEIVES));
    assertFalse(credits.shouldTell());
  }
}
