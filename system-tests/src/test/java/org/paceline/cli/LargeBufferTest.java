// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.BufferSpec;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderSession;
import org.paceline.api.WorkUnit;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.RenderDevice;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.WorkerNode;

/** One scene buffer of more than 2 GiB, over TCP, into one region. */
@Tag("slow")
@Timeout(120)
class LargeBufferTest {
  private static final long LENGTH = (2L << 30) + (100 << 20) + 3;
  private static final long NEAR_THE_END = LENGTH - 11;
  private static final long MARK = 0x1122334455667788L;

  @Test
  void bufferLargerThanAnIntArrivesWhole() throws Exception {
    CompletableFuture<Long> seen = new CompletableFuture<>();
    try (NativeMemory sparse = NativeMemory.allocate(LENGTH);
        WorkerNode worker =
            WorkerNode.start(
                ClusterConfig.builder().build(),
                Endpoint.parse("127.0.0.1:0"),
                () -> new LookingDevice(seen));
        RenderCluster cluster =
            RenderCluster.open(ClusterConfig.builder().worker(worker.endpoint()).build());
        RenderSession session = cluster.openSession(LookingDevice.IDENTITY)) {
      sparse.putLong(NEAR_THE_END, MARK);
      session.copyTo(BufferSpec.global("large", LENGTH), sparse);
      session.commit();
      assertEquals(MARK, seen.get(100, TimeUnit.SECONDS));
    }
  }

  /** Tells what it finds near the end of its buffer. */
  private record LookingDevice(CompletableFuture<Long> seen) implements RenderDevice {
    private static final DeviceIdentity IDENTITY = new DeviceIdentity("looking", "1", "");

    @Override
    public DeviceIdentity identity() {
      return IDENTITY;
    }

    @Override
    public String description() {
      return "looks";
    }

    @Override
    public void copyTo(BufferSpec spec, NativeMemory region) {
      seen.complete(region.getLong(NEAR_THE_END));
    }

    @Override
    public void free(String name) {}

    @Override
    public void constCopyTo(String name, NativeMemory value) {}

    @Override
    public void buildBvh(String name, NativeMemory description) {}

    @Override
    public void commit() {}

    @Override
    public boolean render(WorkUnit unit, int stride, NativeMemory pass) {
      return true;
    }

    @Override
    public void cancel() {}

    @Override
    public void reset() {}

    @Override
    public void close() {}
  }
}
