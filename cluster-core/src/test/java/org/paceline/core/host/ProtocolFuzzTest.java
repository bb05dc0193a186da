// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.paceline.api.FilmLayout;
import org.paceline.api.WorkerStatus;
import org.paceline.core.protocol.DrainedDecoder;
import org.paceline.core.protocol.MessageHeaderEncoder;

/**
 * A peer that attached properly and then says anything at all: it may lose its channel, but nothing
 * is thrown out of the other side, and the other side serves the next peer.
 */
@Tag("fuzz")
class ProtocolFuzzTest {
  private static final int MAX_MESSAGE = 600;

  @FuzzTest(maxDuration = "15s")
  void nonsenseCostsItsSenderTheChannelAndNothingElse(FuzzedDataProvider data) {
    try (SimulatedCluster cluster = new SimulatedCluster(1, 0)) {
      cluster.startAll();
      cluster.buffer("small", 9000, 1);
      cluster.constant(1);
      cluster.commit();
      Job job = cluster.render(64, 64, 4, FilmLayout.combined());
      assertTrue(cluster.runUntil(() -> ready(cluster), 1_000));
      Wire wire = cluster.machines.get(0).wire;
      UnsafeBuffer message = new UnsafeBuffer(new byte[MAX_MESSAGE]);
      MessageHeaderEncoder header = new MessageHeaderEncoder();
      while (data.remainingBytes() > 0 && !wire.worker.isClosed() && !wire.host.isClosed()) {
        boolean fromHost = data.consumeBoolean();
        byte[] body = data.consumeBytes(data.consumeInt(0, MAX_MESSAGE - 8));
        message.putBytes(8, body);
        header
            .wrap(message, 0)
            .blockLength(data.consumeBoolean() ? 48 : data.consumeInt(0, 65_535))
            .templateId(data.consumeInt(0, DrainedDecoder.TEMPLATE_ID + 1))
            .schemaId(data.consumeInt(0, 20) == 0 ? 1 : 4711)
            .version(data.consumeInt(0, 3));
        if (data.consumeBoolean() && body.length >= 16) {
          // the generation that is current, so that messages get further
          message.putLong(8, 1, ByteOrder.LITTLE_ENDIAN);
        }
        (fromHost ? wire.host : wire.worker).offer(message, 0, 8 + body.length);
        cluster.step();
      }
      wire.cut();
      assertTrue(cluster.finish(job), "the next channel doesn't work");
    }
  }

  private static boolean ready(SimulatedCluster cluster) {
    return cluster.host.statuses().get(0).state() == WorkerStatus.State.READY;
  }
}
