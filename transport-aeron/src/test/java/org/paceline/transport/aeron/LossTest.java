// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.transport.conformance.Bytes;
import org.paceline.transport.conformance.Link;

/** What the network loses arrives all the same: once, in order, bit by bit. */
@Tag("slow")
@Timeout(180)
class LossTest {
  private static final int REGION_BYTES = 400_000;
  private static final int OPERATIONS = 300;

  private final List<NativeMemory> memories = new ArrayList<>();

  @AfterEach
  void free() {
    LossyEndpoints.uninstall();
    memories.forEach(NativeMemory::close);
  }

  private NativeMemory kept(NativeMemory memory) {
    memories.add(memory);
    return memory;
  }

  @ParameterizedTest
  @CsvSource({"1, 0.01, 1", "2, 0.1, 1", "3, 0.002, 20"})
  void everythingArrivesOnceInOrderAndUnchanged(long seed, double begins, int burst) {
    LossyEndpoints.Loss loss = new LossyEndpoints.Loss(seed, begins, burst);
    LossyEndpoints.install(loss);
    // A driver of its own, as no other test has this timeout; and datagrams as on Ethernet.
    ClusterConfig config =
        ClusterConfig.builder()
            .heartbeatTimeout(Duration.ofSeconds(20 + seed))
            .aeron(AeronConfig.DEFAULTS.withMtuBytes(1408))
            .build();
    try (Link link = Link.open(new AeronUnderTest(), config)) {
      exchange(link, new Random(seed));
    }
    assertTrue(loss.lost() > 20, () -> "only " + loss.lost() + " datagrams were lost");
  }

  private void exchange(Link link, Random random) {
    NativeMemory region = kept(NativeMemory.allocateZeroed(REGION_BYTES));
    link.register(link.server(), 1, region);
    byte[] expected = new byte[REGION_BYTES];
    List<byte[]> sent = new ArrayList<>();
    List<byte[]> answers = new ArrayList<>();
    for (int i = 0; i < OPERATIONS; i++) {
      int limit = i % 10 == 0 ? 100_000 : 3000;
      byte[] bytes = Bytes.random(random, 1 + random.nextInt(limit));
      if (random.nextBoolean()) {
        int offset = random.nextInt(REGION_BYTES - bytes.length);
        System.arraycopy(bytes, 0, expected, offset, bytes.length);
        link.write(link.client(), 1, offset, kept(Bytes.memoryOf(bytes)));
      } else {
        sent.add(bytes);
        link.send(link.client(), bytes);
      }
      if (i % 7 == 0) {
        byte[] answer = Bytes.random(random, 1 + random.nextInt(70_000));
        answers.add(answer);
        link.send(link.server(), answer);
      }
    }
    sent.add(new byte[] {1});
    link.send(link.client(), (byte) 1);
    link.pollUntil(
        "all messages have arrived",
        () -> link.atServer().size() >= sent.size() && link.atClient().size() >= answers.size());
    assertSame(sent, link.atServer());
    assertSame(answers, link.atClient());
    assertArrayEquals(expected, Bytes.bytesOf(region, 0, REGION_BYTES));
  }

  static void assertSame(List<byte[]> expected, List<byte[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "message " + i);
    }
  }
}
