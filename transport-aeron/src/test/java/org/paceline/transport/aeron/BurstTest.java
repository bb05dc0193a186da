// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.transport.conformance.Bytes;
import org.paceline.transport.conformance.Link;

/** Datagrams as on Ethernet, many of which are sent and received at once. */
@Tag("slow")
@Timeout(120)
class BurstTest {
  private static final int ROUNDS = 20;
  private static final int REGION_BYTES = 2 << 20;

  @Test
  void writesAndMessagesOfAllLengthsArriveOnceInOrderAndUnchanged() {
    ClusterConfig config =
        new AeronUnderTest().config().aeron(AeronConfig.DEFAULTS.withMtuBytes(1408)).build();
    Random random = new Random(3);
    List<byte[]> sent = new ArrayList<>();
    List<byte[]> answers = new ArrayList<>();
    try (NativeMemory region = NativeMemory.allocateZeroed(REGION_BYTES);
        Link link = Link.open(new AeronUnderTest(), config)) {
      link.register(link.server(), 1, region);
      for (int round = 0; round < ROUNDS; round++) {
        byte[] bytes = Bytes.random(random, REGION_BYTES);
        try (NativeMemory source = Bytes.memoryOf(bytes)) {
          link.write(link.client(), 1, 0, source);
          // from nothing to many datagrams, around the length of one
          for (int length : new int[] {1, 1200 + round, 1340 + round, 60_000}) {
            sent.add(Bytes.random(random, length));
            link.send(link.client(), sent.get(sent.size() - 1));
            answers.add(Bytes.random(random, length));
            link.send(link.server(), answers.get(answers.size() - 1));
          }
          link.pollUntil(
              "all messages are there",
              () ->
                  link.atServer().size() >= sent.size()
                      && link.atClient().size() >= answers.size());
        }
        assertArrayEquals(bytes, Bytes.bytesOf(region, 0, REGION_BYTES));
      }
      LossTest.assertSame(sent, link.atServer());
      LossTest.assertSame(answers, link.atClient());
    }
  }
}
